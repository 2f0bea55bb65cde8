import itertools
import math

import numpy as np
from matplotlib.colors import to_rgb

from wellposed.audit import drawing


def test_fourteen_maps_look_different():
    looks = [(s["color"], s["linestyle"]) for s in itertools.islice(drawing.styles(), 14)]
    assert len(set(looks)) == 14


def test_colours_differ_in_more_than_hue():
    """Okabe and Ito's colours stay apart in grey or in marker."""
    grey = [np.dot(to_rgb(c), (0.299, 0.587, 0.114)) for c in drawing.COLOURS]
    for (a, m), (b, n) in itertools.combinations(zip(grey, drawing.MARKERS, strict=True), 2):
        assert abs(a - b) > 0.02 or m != n


def test_an_interval_without_ends_is_left_out():
    figure, (axis,) = drawing.panels(1, rows=2)
    drawing.points(axis, {"one": (1.0, math.nan, math.nan), "two": (2.0, 1.5, 2.5)}, "error (%)")
    lines = [line for line in axis.lines if len(line.get_xdata()) == 2]
    assert len(lines) == 1
    assert [label.get_text() for label in axis.get_yticklabels()] == ["one", "two"]
    assert figure.axes == [axis]


def test_infinite_ends_are_left_out_too():
    _, (axis,) = drawing.panels(1, rows=1)
    drawing.points(axis, {"one": (1.0, -math.inf, math.inf)}, "error (%)")
    assert len(axis.lines) == 1
