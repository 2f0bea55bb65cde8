"""The mesh of a disc."""

import numpy as np
import pytest

from wellposed.simulate.artery import RINGS, disc, finer, halved_disc
from wellposed.simulate.artery.disc import mirrored


def area(mesh, triangles):
    a, b, c = (mesh.points[triangles[:, k]] for k in range(3))
    return ((b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])) / 2


@pytest.mark.parametrize(("around", "rings"), [(12, RINGS), (24, RINGS), (28, RINGS), (24, finer(RINGS, 2))])
def test_it_has_the_area_of_the_disc_and_covers_it_once(around, rings):
    mesh = disc(around, rings)
    parts = area(mesh, mesh.anticlockwise)
    assert (parts > 0).all()
    assert parts.sum() == pytest.approx(np.pi)
    edges = np.sort(np.concatenate([mesh.triangles[:, p] for p in ([0, 1], [1, 2], [0, 2])]), axis=1)
    unique, times = np.unique(edges, axis=0, return_counts=True)
    assert len(mesh.points) - len(unique) + len(mesh.triangles) == 1  # Euler
    rim = unique[times == 1]
    assert rim.max() < around
    assert len(rim) == around


def test_a_sector_looks_like_the_next_one():
    mesh = disc(24)
    turn = np.exp(2j * np.pi / 6)  # as many sectors as points on the innermost ring
    z = mesh.points @ np.asarray([1, 1j])
    image = np.abs(turn * z[:, None] - z[None]).argmin(axis=1)
    known = {tuple(t) for t in mesh.triangles.tolist()}
    assert {tuple(t) for t in image[mesh.triangles].tolist()} == known


def test_too_few_points_are_refused():
    with pytest.raises(ValueError, match="found 8: take more"):
        disc(8)


def test_the_halves_of_a_halved_disc_mirror_each_other():
    mesh = halved_disc(24)
    mirror = mirrored(mesh.points)
    np.testing.assert_array_equal(mirror[mirror], np.arange(len(mirror)))
    sides = np.sign(np.round(mesh.points[mesh.triangles, 1], 9))
    assert not ((sides.max(axis=1) > 0) & (sides.min(axis=1) < 0)).any()  # none crosses the axis
    known = {tuple(sorted(t)) for t in mesh.triangles.tolist()}
    assert {tuple(sorted(t)) for t in mirror[mesh.triangles].tolist()} == known
    assert area(mesh, mesh.anticlockwise).min() > 0
    assert area(mesh, mesh.anticlockwise).sum() == pytest.approx(np.pi)
