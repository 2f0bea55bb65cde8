"""Short-term accuracy and long-term consistency."""

import jax.numpy as jnp
import numpy as np
import pytest
from toy_dynamics import TS, runs, spring

from wellposed.audit.dynamical import Problem, Runs, expressive

LONG = jnp.linspace(0.0, 120.0, 2401)
WAVES = Problem(LONG, runs(spring, jnp.ones((2, 2)), ts=LONG), noise=0.01)


def test_the_truth_is_right_for_ever(springs):
    answer = expressive.ask(spring, springs)
    assert answer.number == 1
    assert answer.details["valid_prediction_time"] == pytest.approx(6)


def test_a_clock_that_runs_fast_is_right_until_its_phase_is_off():
    answer = expressive.ask(lambda x0, p, ts: spring(x0, p, 1.05 * ts), WAVES)
    # two points of one circle part by 2 sin(phase / 2), and the spread is its radius
    assert answer.details["valid_prediction_time"] == pytest.approx(2 * np.arcsin(0.2) / 0.05, rel=0.02)
    assert answer.number < expressive.ENOUGH
    assert answer.holds  # it is on the right circle at nearly the right frequency


def test_a_wrong_frequency_is_inconsistent():
    answer = expressive.ask(lambda x0, p, ts: spring(x0, p, 2 * ts), WAVES)
    assert answer.details["spectrum_error_fraction"] > 0.9
    assert not answer.holds


def test_a_trajectory_that_leaves_is_followed_until_it_leaves():
    states = np.array(runs(spring, jnp.ones((3, 2))).states)
    states[:, 40:] = np.nan
    wrong_after = lambda x0, p, ts: jnp.where(ts[:, None] > 3, 9.0, spring(x0, p, ts))
    assert expressive.ask(wrong_after, Problem(TS, Runs(states), noise=0.01)).number == 1
