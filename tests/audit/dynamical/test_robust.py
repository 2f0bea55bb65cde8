"""The worst error of an initial state against closed forms."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from toy_dynamics import TS, runs, spring

from wellposed.audit.dynamical import Problem, robust

KEY = jax.random.key(2)


def stretched(x0, parameter, ts):
    return jnp.ones_like(ts)[:, None] * (jnp.array([3.0, 1.0]) * x0)[None]


def test_every_direction_of_a_rotation_is_alike(springs):
    answer = robust.ask(spring, springs, KEY)
    assert answer.number == pytest.approx(1, rel=1e-3)
    assert answer.details["worst_change_fraction_of_trajectory"] == pytest.approx(
        answer.details["noise_fraction_of_state"], rel=1e-3
    )


def test_the_worst_direction_is_found():
    problem = Problem(TS, runs(stretched, jnp.ones((4, 2))), noise=0.1)
    answer = robust.ask(stretched, problem, KEY)
    worst = 3 * 0.1 * np.sqrt(2) / np.sqrt(10)
    assert answer.details["worst_change_fraction_of_trajectory"] == pytest.approx(worst, rel=1e-3)
    # the mean of |diag(3, 1) e| over the unit circle, by quadrature
    angle = np.linspace(0, 2 * np.pi, 1000)
    mean = np.hypot(3 * np.cos(angle), np.sin(angle)).mean()
    assert answer.number == pytest.approx(3 / mean, rel=0.25)  # of eight random directions


def test_a_cliff_is_not_robust():
    step = lambda x: 1 + 9 * jax.nn.sigmoid(50 * (x - 3.05))
    cliff = lambda x0, parameter, ts: step(x0[0]) * jnp.ones((len(ts), 2))
    problem = Problem(TS, runs(stretched, jnp.ones((4, 2))), noise=0.1)
    answer = robust.ask(cliff, problem, KEY)
    assert not answer.holds
