"""Forty closed surfaces that differ."""

import numpy as np
import pytest

from wellposed.simulate import solid


def volume(one):
    a, b, c = one.points[one.triangles].swapaxes(0, 1)
    return np.sum(a * np.cross(b, c)) / 6


@pytest.mark.parametrize("kind", range(40))
def test_each_is_closed_with_its_normals_outwards(kind):
    one = solid(kind)
    f = one.triangles
    edges = np.sort(np.concatenate([f[:, [0, 1]], f[:, [1, 2]], f[:, [2, 0]]]), axis=1)
    assert (np.unique(edges, axis=0, return_counts=True)[1] == 2).all()
    assert volume(one) > 0
    euler = len(one.points) - len(edges) // 2 + len(f)
    assert euler == (0 if kind >= 34 else 2)


def test_no_two_kinds_are_alike_and_a_rotation_keeps_lengths():
    spans = [np.sort(np.linalg.norm(solid(kind).points, axis=1)) for kind in range(34)]
    gaps = [np.abs(a - b).max() for i, a in enumerate(spans) for b in spans[:i]]
    assert min(gaps) > 1e-3
    lengths = [np.linalg.norm(solid(3, seed).points, axis=1) for seed in (0, 1)]
    np.testing.assert_allclose(*lengths, rtol=1e-12)
    assert np.abs(solid(3, 0).points - solid(3, 1).points).max() > 0.1
    assert np.abs(np.linalg.norm(solid(3, 0, deform=0.05).points, axis=1) - lengths[0]).max() > 1e-3


def test_a_ball_has_the_volume_of_a_ball_and_kinds_are_checked():
    ellipsoid = volume(solid(12, refinements=3))  # both exponents are 1
    np.testing.assert_allclose(ellipsoid, 4 / 3 * np.pi, rtol=0.02)
    with pytest.raises(ValueError, match="a kind from 0 to 39, got 40"):
        solid(40)
