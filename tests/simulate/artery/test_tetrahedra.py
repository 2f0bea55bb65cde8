"""Volumes, gradients and metric of tetrahedra."""

import numpy as np
import pytest

from wellposed.simulate.artery import Lumen, elements, flux, normals
from wellposed.simulate.artery.tetrahedra import spread

NONE = np.zeros((0, 3), int)
REGULAR = np.asarray([[1.0, 1, 1], [-1, 1, -1], [1, -1, -1], [-1, -1, 1]])  # of side sqrt 8


def lumen(points, order=(0, 1, 2, 3)):
    return Lumen(points, np.asarray([order]), NONE, NONE, NONE)


def test_a_regular_tetrahedron_of_side_h_has_the_metric_4_over_h_squared():
    el = elements(lumen(REGULAR))
    np.testing.assert_allclose(el.metric[:, :, 0], 4 / 8 * np.eye(3), atol=1e-14)
    np.testing.assert_allclose(el.volume, 8**1.5 / (6 * np.sqrt(2)), rtol=1e-14)


def test_gradients_are_those_of_linear_functions():
    points = np.random.default_rng(0).normal(size=(4, 3))
    if np.linalg.det(points[1:] - points[0]) < 0:
        points[[2, 3]] = points[[3, 2]]
    el, slope = elements(lumen(points)), np.asarray([1.0, -2.0, 3.0])
    np.testing.assert_allclose(np.einsum("ai,a->i", el.gradient[:, :, 0], points @ slope + 5), slope, rtol=1e-12)
    again = elements(lumen(points, (2, 0, 1, 3)))  # the metric prefers no order
    np.testing.assert_allclose(again.metric, el.metric, rtol=1e-10)


def test_a_tetrahedron_inside_out_is_refused():
    with pytest.raises(ValueError, match="found 1 others of 1: bend the vessel less"):
        elements(lumen(REGULAR, (1, 0, 2, 3)))


def test_flux_through_a_square():
    points = np.asarray([[0.0, 0, 0], [2, 0, 0], [2, 1, 0], [0, 1, 0]])
    faces = np.asarray([[0, 1, 2], [0, 2, 3]])
    np.testing.assert_array_equal(normals(points, faces).sum(axis=0), [0, 0, 2])
    assert flux(np.stack([points[:, 1], points[:, 1], points[:, 0]], axis=1), points, faces) == pytest.approx(2.0)
    np.testing.assert_allclose(spread(np.ones(2), faces, 5), np.asarray([2, 1, 2, 1, 0]) / 3)
