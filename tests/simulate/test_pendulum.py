"""The pendulum: energy, and its frequency beside the simulated one."""

from typing import Any

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from wellposed.simulate import pendulum_frequency, pendulum_trajectories


def energy(x):
    return x[..., 1] ** 2 / 2 - np.cos(x[..., 0])


def test_swings_keep_their_energy_below_the_separatrix():
    x = np.asarray(pendulum_trajectories(20, seed=1).states)
    assert x.shape == (20, 51, 2)
    e = energy(x)
    assert e.max() <= 0.99 + 1e-6
    np.testing.assert_allclose(e, np.broadcast_to(e[:, :1], e.shape), atol=1e-6)
    assert len(np.unique(x[:, 0, 0])) == 20


@pytest.mark.parametrize("amplitude", [0.1, 1.5, 3.0])
def test_the_frequency_is_that_of_the_swing(amplitude):
    """A quarter of the period is the time from the turning point to the bottom."""
    bottom: Any = lambda t, x: x[0]
    bottom.terminal = True
    quarter = solve_ivp(
        lambda t, x: [x[1], -np.sin(x[0])], (0, 20), [amplitude, 0.0], events=bottom, rtol=1e-10, atol=1e-12
    ).t_events[0][0]
    assert pendulum_frequency(np.array([-np.cos(amplitude)]))[0] == pytest.approx(np.pi / (2 * quarter), rel=1e-6)
