"""Curves differ by more than colour."""

import numpy as np

from wellposed.report import curves


def test_curves_differ_by_marker_and_dash():
    figure = curves({"a": ([1, 2], [1, 2]), "b": ([1, 2], [2, 3])}, "x", "y")
    first, second = figure.axes[0].lines
    assert first.get_marker() != second.get_marker()
    assert first.get_linestyle() != second.get_linestyle()


def test_bands_are_the_intervals():
    figure = curves({"a": ([1, 2], [1, 2], [0.5, 1.5], [1.5, 2.5])}, "x", "y")
    (band,) = figure.axes[0].collections
    heights = np.asarray(band.get_paths()[0].vertices)[:, 1]
    assert (heights.min(), heights.max()) == (0.5, 2.5)


def test_few_places_on_a_logarithmic_axis_are_named():
    figure = curves({"a": ([1, 2, 20], [1, 2, 3])}, "x", "y", x_scale="log")
    assert [label.get_text() for label in figure.axes[0].get_xticklabels()] == ["1", "2", "20"]


def test_one_curve_needs_no_legend():
    assert not curves({"a": ([1, 2], [1, 2])}, "x", "y").legends
    assert curves({"a": ([1, 2], [1, 2]), "b": ([1, 2], [2, 3])}, "x", "y").legends


def test_a_vertical_axis_of_less_than_a_decade_has_numbers():
    figure = curves({"a": ([2, 8, 32], [0.6, 0.7, 0.3])}, "layers", "spread", "log", "log")
    figure.draw_without_rendering()
    axes = figure.axes[0]
    low, high = axes.get_ylim()
    ticks = [tick for minor in (False, True) for tick in axes.yaxis.get_ticklabels(minor)]
    assert sum(low <= tick.get_position()[1] <= high and bool(tick.get_text()) for tick in ticks) >= 2
