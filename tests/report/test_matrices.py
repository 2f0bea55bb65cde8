"""Matrices share one signed scale."""

import numpy as np
import pytest

from wellposed.report import matrices


def test_all_matrices_share_a_symmetric_scale():
    figure = matrices({"a": np.eye(3), "b": -4 * np.eye(3)}, quantile=1.0)
    assert [axes.images[0].get_clim() for axes in figure.axes[:2]] == [(-4, 4), (-4, 4)]


def test_one_outlier_does_not_bleach_the_rest():
    matrix = np.ones((40, 40))
    matrix[0, 0] = 1000
    low, high = matrices({"a": matrix}).axes[0].images[0].get_clim()
    assert (low, high) == pytest.approx((-1, 1))


def test_a_zero_matrix_can_be_drawn():
    assert matrices({"a": np.zeros((2, 2))}).axes[0].images[0].get_clim() == (-1, 1)
