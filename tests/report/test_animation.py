import base64
import io
import re

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image, ImageSequence

from wellposed.report import Animation, Press, curves


def frames(count):
    return (curves({"a": ([0.0, 1.0], [k, 1.0 - k])}, "x", "u", height=1.5) for k in range(count))


def gif_in(html):
    found = re.search(r"data:image/gif;base64,([\w+/=]+)", html)
    assert found is not None
    return Image.open(io.BytesIO(base64.b64decode(found[1])))


def test_all_frames_are_in_one_file_that_repeats():
    html = Animation(lambda: frames(3), "A line & its turn.", "It turns.", seconds=0.3).html(Press())
    picture = gif_in(html)
    assert getattr(picture, "n_frames", 1) == 3
    assert picture.info["loop"] == 0
    assert picture.info["duration"] == 100
    assert f'width="{picture.size[0]}"' in html
    assert "A line &amp; its turn." in html


def moved():
    figure = Figure(figsize=(2, 1), layout="constrained")
    axes = figure.subplots()
    (line,) = axes.plot([0.0, 1.0], [0.0, 0.0], linewidth=8)
    axes.set_ylim(-2.0, 2.0)
    for height in (-1.0, 1.0):
        line.set_ydata([height, height])
        yield figure
        figure.set_layout_engine("none")


def test_one_figure_may_be_moved():
    picture = gif_in(Animation(moved, "A line.", "It rises.").html(Press()))
    frames = [np.asarray(frame.convert("L"), float) for frame in ImageSequence.Iterator(picture)]
    low, high = (np.argmin(frame[:, frame.shape[1] // 2]) for frame in frames)
    assert high < low  # rows of a picture count from above


def test_nothing_to_show():
    with pytest.raises(ValueError, match="expects a function"):
        Animation([], "", "")  # pyright: ignore[reportArgumentType]
    with pytest.raises(ValueError, match="at least one frame"):
        Animation(lambda: [], "", "").html(Press())
