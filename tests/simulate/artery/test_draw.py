"""Vessels at random."""

import numpy as np
import pytest

from wellposed.simulate.artery import SINGLE, draw_vessel


def test_vessels_stay_within_their_ranges():
    vessels = [draw_vessel(np.random.default_rng([3, k])) for k in range(12)]
    assert draw_vessel(np.random.default_rng([3, 5])) == vessels[5]
    assert len({v.radius for v in vessels}) == 12
    assert {len(v.stenoses) for v in vessels} == {0, 1, 2}
    for v in vessels:
        s = np.linspace(0, v.length, 400)
        assert SINGLE.radius[0] <= v.radius <= SINGLE.radius[1]
        assert v.radius * np.linalg.norm(v.curvature(s), axis=1).max() <= SINGLE.tightest
        least = v.lumen_radius(s, np.linspace(0, 6.28, 60)).min(axis=1) / v.tapered(s)
        assert least.min() >= 1 - SINGLE.severity[1] - 1e-9


def test_impossible_ranges_are_refused():
    with pytest.raises(ValueError, match="found none in 1000 draws: bend less"):
        draw_vessel(np.random.default_rng(0), SINGLE._replace(tightest=-1.0))
