import base64
import io
import re

import pytest
from PIL import Image

from wellposed.report import Animation, Press, curves


def frames(count):
    return [lambda k=k: curves({"a": ([0.0, 1.0], [k, 1.0 - k])}, "x", "u", height=1.5) for k in range(count)]


def test_all_frames_are_in_one_file_that_repeats():
    html = Animation(frames(3), "A line & its turn.", "It turns.", seconds=0.3).html(Press())
    found = re.search(r"data:image/gif;base64,([\w+/=]+)", html)
    assert found is not None
    picture = Image.open(io.BytesIO(base64.b64decode(found[1])))
    assert getattr(picture, "n_frames", 1) == 3
    assert picture.info["loop"] == 0
    assert picture.info["duration"] == 100
    assert f'width="{picture.size[0]}"' in html
    assert "A line &amp; its turn." in html


def test_nothing_to_show():
    with pytest.raises(ValueError, match="at least one frame"):
        Animation([], "", "")
