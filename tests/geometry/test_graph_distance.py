"""Distances along the surface: no cluster and no edge joins the two walls of something thin."""

import numpy as np
import pytest
from toy_surfaces import sheet, sphere, tube, two_sheets

from wellposed.geometry import Mesh, distance_matrix, farthest_points, within


def test_paths_are_close_to_great_circles():
    from scipy.sparse.csgraph import dijkstra

    mesh = sphere(3)
    found = dijkstra(distance_matrix(mesh), indices=0)
    arc = np.arccos(np.clip(mesh.positions @ mesh.positions[0], -1, 1))
    far = arc > 0.5
    assert np.abs(found[far] / arc[far] - 1).max() < 0.12


def test_a_diagonal_over_a_fold_is_as_long_as_on_the_flat_paper():
    flat = np.array([[0.0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]])
    up = flat.copy()
    up[3] = [0.5, 0.5, 0.5**0.5]  # the corner turned by a right angle about the diagonal from 0 to 2
    faces = np.array([[0, 1, 2], [0, 2, 3]])
    for points in (flat, up):
        assert distance_matrix(Mesh(points, faces))[1, 3] == pytest.approx(2**0.5)


@pytest.mark.parametrize("gap", [0.3, 0.001])
def test_two_close_sheets_stay_apart(gap):
    mesh = two_sheets(gap)
    matrix = distance_matrix(mesh)
    sampling = farthest_points(matrix, (6, 20))
    side = mesh.positions[:, 2] > gap / 2
    for owner in sampling.owners:
        np.testing.assert_array_equal(side[sampling.chosen[owner]], side)
    assert 8 <= side[sampling.chosen].sum() <= 12  # both are sampled alike
    source, target = within(matrix, sampling.chosen, 0.5, 16)
    np.testing.assert_array_equal(side[sampling.chosen[source]], side[sampling.chosen[target]])


def test_in_a_thin_tube_no_edge_crosses_the_lumen():
    mesh = tube(rows=24, columns=20, radius=0.05, length=0.5)
    matrix = distance_matrix(mesh)
    chosen = np.arange(mesh.vertices)
    source, target = within(matrix, chosen, 0.12, 1000)
    opposite = np.arccos(np.clip(np.sum(mesh.normals[source] * mesh.normals[target], 1), -1, 1))
    assert opposite.max() <= 0.12 / 0.05 + 0.1  # a path around the wall, not a straight one of length 0.1


def test_samples_are_spread_and_the_nearest_owns():
    from scipy.sparse.csgraph import dijkstra

    mesh = sphere(2)
    matrix = distance_matrix(mesh)
    sampling = farthest_points(matrix, (20,))
    found = dijkstra(matrix, indices=sampling.chosen)
    np.testing.assert_allclose(found[sampling.owners[0], np.arange(mesh.vertices)], found.min(0))
    apart = found[:, sampling.chosen] + 10 * np.eye(20)
    assert apart.min() >= found.min(0).max()  # no two samples are closer than the last sample was far


def test_only_the_nearest_are_kept():
    matrix = distance_matrix(sheet())
    source, target = within(matrix, np.arange(64), 10.0, 5)
    assert (np.bincount(target) == 5).all()
    assert (source != target).all()
