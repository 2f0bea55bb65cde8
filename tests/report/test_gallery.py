"""Galleries: pixels survive, scales are shared, errors are signed."""

import base64
import io
import re

import numpy as np
import pytest
from PIL import Image

from wellposed.report import Gallery, Press

TRUTH = np.linspace(0, 1, 12).reshape(3, 4)


def pictures(html):
    data = re.findall(r'<img src="data:image/png;base64,([^"]+)"', html)
    return [Image.open(io.BytesIO(base64.b64decode(part))) for part in data]


def test_values_become_grey_levels_pixel_by_pixel():
    truth, reconstruction, *_ = pictures(Gallery(TRUTH, {"same": TRUTH + 5}, "A ramp.").html(Press()))
    np.testing.assert_array_equal(np.asarray(truth), np.round(255 * TRUTH))
    assert (np.asarray(reconstruction) == 255).all()  # beyond the limits: clipped, not wrapped


def test_errors_share_one_scale_red_above_and_blue_below():
    images = {"bright": TRUTH + 0.2, "dark": TRUTH - 0.1}
    html = Gallery(TRUTH, images, "Two errors.").html(Press())
    _, _, bright, _, dark, *_ = (np.asarray(picture.convert("RGB")).astype(int) for picture in pictures(html))
    assert (bright[..., 0] > bright[..., 2]).all()
    assert (dark[..., 2] > dark[..., 0]).all()
    assert abs(bright - 128).sum() > abs(dark - 128).sum()
    assert "−0.200" in html


def test_notes_and_hostile_titles():
    html = Gallery(TRUTH, {"<b>": TRUTH}, "One.", {"<b>": "27 dB"}).html(Press())
    assert "27 dB" in html
    assert "<b>" not in html


def test_another_shape_is_refused():
    with pytest.raises(ValueError, match=r"Gallery expects images of shape \(3, 4\).*found \(4, 3\) for 'turned'"):
        Gallery(TRUTH, {"turned": TRUTH.T}, "Turned.")
