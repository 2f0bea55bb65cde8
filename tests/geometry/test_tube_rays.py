"""Rays in volumes whose values are known at each place."""

import numpy as np
import pytest

from wellposed.geometry import Tube, along_rays, first_crossing

TUBE = Tube.through(np.array([[5.0, 5.0, 1.0], [5.5, 5.0, 4.0], [5.0, 6.0, 8.0]]), 0.5, 12)
DISTANCES = np.linspace(0, 2, 9)


def linear(shape, affine):
    """f(x) = 1 + 2 x - y + 3 z at the voxels' places: trilinear interpolation is exact on it."""
    at = np.argwhere(np.ones(shape, bool)) @ affine[:3, :3].T + affine[:3, 3]
    return (1 + at @ np.array([2.0, -1.0, 3.0])).reshape(shape)


@pytest.mark.parametrize(
    "affine",
    [
        np.diag([0.5, 0.5, 0.5, 1]),
        np.array([[-0.4, 0, 0, 10.0], [0, 0.7, 0, -1], [0, 0, -0.9, 12], [0, 0, 0, 1]]),  # flipped, anisotropic
        np.array([[0, 0.3, 0.1, 1.0], [0.4, 0, 0, 0], [0, -0.1, 0.5, -1], [0, 0, 0, 1]]),  # permuted, oblique
    ],
)
def test_any_affine_map_gives_the_values_at_the_places(affine):
    found = along_rays(linear((30, 32, 34), affine), affine, TUBE, DISTANCES)
    places = TUBE.line.points[:, None, None] + DISTANCES[:, None] * TUBE.directions[:, :, None]
    inverse = np.linalg.inv(affine)
    at = places @ inverse[:3, :3].T + inverse[:3, 3]
    within = ((at >= 0) & (at <= np.array([29, 31, 33]))).all(axis=-1)
    assert within.mean() > 0.5
    np.testing.assert_allclose(found[within], (1 + places @ np.array([2.0, -1.0, 3.0]))[within], atol=1e-9)


def test_the_wall_of_a_circular_tube_is_found_at_its_radius():
    grid = np.stack(np.meshgrid(*[np.arange(40)] * 3, indexing="ij"), axis=-1) * 0.25
    level = np.hypot(grid[..., 0] - 5, grid[..., 1] - 5) - 1.7
    tube = Tube.through(np.array([[5.0, 5.0, 1.0], [5.0, 5.0, 5.0], [5.0, 5.0, 9.0]]), 0.5, 12)
    fine = np.linspace(0, 4, 65)
    found = first_crossing(along_rays(level, np.diag([0.25, 0.25, 0.25, 1]), tube, fine), fine)
    np.testing.assert_allclose(found, 1.7, atol=0.01)


def test_crossings_at_the_ends_of_a_ray():
    distances = np.array([0.0, 1.0, 2.0])
    level = np.array([[[1.0, 1.0, 1.0], [-1.0, -1.0, -1.0], [-1.0, 3.0, -1.0], [-1.0, -1.0, 1.0]]])
    np.testing.assert_allclose(first_crossing(level, distances), [[0.0, 2.0, 0.25, 1.5]])


def test_rings_that_start_elsewhere_see_the_same_in_another_order():
    """With the law of the network, radii shift with the start of the rings."""
    volume = np.random.default_rng(0).normal(size=(24, 24, 24))
    affine = np.diag([0.5, 0.5, 0.5, 1])
    want = np.roll(along_rays(volume, affine, TUBE, DISTANCES), -5, axis=1)
    np.testing.assert_allclose(along_rays(volume, affine, TUBE.turned(5), DISTANCES), want, atol=1e-10)
