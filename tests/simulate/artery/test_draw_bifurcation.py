"""Bifurcating vessels at random."""

import numpy as np
import pytest

from wellposed.simulate.artery import FORKED, draw_bifurcation


def test_vessels_stay_within_their_ranges_and_follow_murray():
    vessels = [draw_bifurcation(np.random.default_rng([3, k])) for k in range(30)]
    assert draw_bifurcation(np.random.default_rng([3, 5])) == vessels[5]
    for vessel in vessels:
        parent, first, second = vessel.branches
        assert first.radius**3 + second.radius**3 == pytest.approx(parent.radius**3)
        assert FORKED.radius[0] <= parent.radius <= FORKED.radius[1]
        assert second.radius <= first.radius < parent.radius
        assert all(FORKED.angle[0] <= np.degrees(angle) <= FORKED.angle[1] for angle in vessel.angles)
        far = parent.tapered(np.asarray([parent.length]))[0]
        assert 1 - parent.radius / far <= FORKED.taper[1] + 1e-9  # seen along the flow
        for branch in vessel.branches:
            for one in branch.stenoses:
                assert one.half <= one.position <= branch.length
    assert 0.1 < np.mean([len(b.stenoses) for v in vessels for b in v.branches]) < 0.6
