"""Bars: lengths are the values, whiskers the intervals."""

import numpy as np
import pytest
from matplotlib.collections import LineCollection
from matplotlib.patches import Rectangle

from wellposed.report import bars


def test_bars_have_the_lengths_of_the_values():
    figure = bars({"a": (2.0, 1.5, 3.0), "b": (4.0, 4.0, 4.0)}, "PSNR (dB)")
    widths = [patch.get_width() for patch in figure.axes[0].patches if isinstance(patch, Rectangle)]
    assert widths == [2.0, 4.0]
    (whiskers,) = (lines for lines in figure.axes[0].collections if isinstance(lines, LineCollection))
    assert np.asarray(whiskers.get_segments()[0])[:, 0].tolist() == pytest.approx([1.5, 3.0])


def test_the_first_name_stands_on_top():
    low, high = bars({"a": (1.0, 1.0, 1.0), "b": (1.0, 1.0, 1.0)}, "x").axes[0].get_ylim()
    assert low > high
