"""States and derivatives that count, one below the other."""

import numpy as np

from wellposed.dynamics.reduction.snapshots import samples
from wellposed.simulate import Trajectories

TS = np.linspace(0.0, 3.0, 301)
X = np.stack([np.sin(TS), np.cos(2 * TS)], axis=1)[None]
DX = np.stack([np.cos(TS), -2 * np.sin(2 * TS)], axis=1)[None]


def test_only_what_counts_is_sampled():
    inside = (TS < 1)[None]
    found = samples(Trajectories(TS, X, DX, np.array([2.0]), inside))
    np.testing.assert_allclose(found.x, X[0, TS < 1], rtol=1e-6)
    np.testing.assert_allclose(found.dx, DX[0, TS < 1], rtol=1e-6)
    assert found.p is not None
    np.testing.assert_array_equal(found.p, np.full((100, 1), 2.0))


def test_derivatives_that_are_not_given_know_nothing_of_what_comes_after_leaving():
    inside = (TS < 1)[None]
    found = samples(Trajectories(TS, np.where(inside[..., None], X, 0.0), None, None, inside))
    np.testing.assert_allclose(found.dx, DX[0, TS < 1], atol=1e-4)
