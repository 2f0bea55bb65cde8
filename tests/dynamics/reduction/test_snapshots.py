"""Derivatives of splines, with and without noise."""

import numpy as np
import pytest

from wellposed.dynamics.reduction.snapshots import samples, spline_slopes
from wellposed.simulate import Trajectories

TS = np.linspace(0.0, 3.0, 301)
X = np.stack([np.sin(TS), np.cos(2 * TS)], axis=1)[None]
DX = np.stack([np.cos(TS), -2 * np.sin(2 * TS)], axis=1)[None]


@pytest.mark.parametrize(("noise", "tolerance"), [(0.0, 1e-4), (1e-3, 2e-2), (3e-2, 0.3)])
def test_slopes_are_smoothed_as_far_as_the_noise_asks(noise, tolerance):
    noisy = X + noise * np.random.default_rng(0).normal(size=X.shape)
    found = spline_slopes(TS, noisy)
    assert np.abs(found - DX)[:, 8:-8].max() < tolerance


def test_only_what_counts_is_sampled():
    inside = (TS < 1)[None]
    found = samples(Trajectories(TS, X, DX, np.array([2.0]), inside))
    np.testing.assert_allclose(found.x, X[0, TS < 1], rtol=1e-6)
    np.testing.assert_allclose(found.dx, DX[0, TS < 1], rtol=1e-6)
    assert found.p is not None
    np.testing.assert_array_equal(found.p, np.full((100, 1), 2.0))


def test_too_few_times_are_refused():
    with pytest.raises(ValueError, match="expect more than 6 times, got 6"):
        spline_slopes(TS[:6], X[:, :6])
