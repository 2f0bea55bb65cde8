"""Short-term accuracy and long-term consistency."""

import jax.numpy as jnp
import numpy as np
import pytest
from toy_dynamics import TS, runs, spring

from wellposed.audit.dynamical import Problem, Runs, expressive
from wellposed.simulate import integrate, lorenz

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


def test_times_that_differ_in_length_are_averaged_as_times():
    states = np.array(runs(spring, jnp.ones((2, 2))).states)
    states[0, 41:] = np.nan  # known for 2 of 6 units of time
    wrong_after = lambda x0, p, ts: jnp.where(ts[:, None] > 3, 9.0, spring(x0, p, ts))
    answer = expressive.ask(wrong_after, Problem(TS, Runs(states), noise=0.01))
    assert answer.details["valid_prediction_time"] == pytest.approx((2 + 3) / 2, abs=0.1)


def test_cycles_have_no_floor():
    answer = expressive.ask(spring, WAVES)
    assert answer.details["spectrum_floor_fraction"] == answer.details["invariant_floor_standard_deviations"] == 0


def _chaos(seed, rho=28.0, moved=0.0, count=8):
    starts = np.random.default_rng(seed).normal(size=(count, 3))
    on = integrate(lorenz, starts, np.full(count, 28.0), 0.05 * np.arange(201), 1e-6).states[:, -1]
    return integrate(lorenz, on + moved, np.full(count, rho), 0.05 * np.arange(401), 1e-6).states


def _answer(seed, predicted):
    """Of a map that has these trajectories in store."""
    true = _chaos(seed)
    stored = jnp.asarray(predicted)
    begins = jnp.asarray(true[:, 0])
    look_up = lambda x0, p, ts: stored[jnp.argmin(jnp.sum((begins - x0[None]) ** 2, axis=1))]
    return expressive.ask(look_up, Problem(0.05 * jnp.arange(401), Runs(true), noise=0.1))


def test_the_exact_chaotic_system_is_consistent_from_a_start_that_is_a_little_off():
    answers = [_answer(seed, _chaos(seed, moved=0.1)) for seed in range(6)]
    assert all(answer.number < expressive.ENOUGH for answer in answers)  # the trajectory itself is lost
    assert sum(bool(answer.holds) for answer in answers) >= 5
    assert np.mean([answer.details["spectrum_error_fraction"] for answer in answers]) > expressive.CONSISTENT


@pytest.mark.parametrize("seed", range(3))
def test_a_wrong_chaotic_system_and_noise_are_not(seed):
    assert not _answer(seed, _chaos(seed, rho=20.0)).holds
    true = _chaos(seed)
    draws = np.random.default_rng(seed).permuted(true, axis=1)  # the right values in no order
    assert not _answer(seed, draws).holds
