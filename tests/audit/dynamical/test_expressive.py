"""Short-term accuracy and long-term consistency."""

import equinox as eqx
import jax
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


class LookedUp(eqx.Module):
    """A map that has trajectories in store."""

    begins: jax.Array
    stored: jax.Array

    def __call__(self, x0, parameter, ts):
        return self.stored[jnp.argmin(jnp.sum((self.begins - x0[None]) ** 2, axis=1))]


SEEDS, COUNT = 4, 8


@pytest.fixture(scope="module")
def chaos():
    """Trajectories of Lorenz's system of 1963, of the same from starts a little off, and of another parameter."""
    starts, n = np.random.default_rng(0).normal(size=(SEEDS * COUNT, 3)), SEEDS * COUNT
    on = integrate(lorenz, starts, np.full(n, 28.0), 0.05 * np.arange(201), 1e-6).states[:, -1]
    begins, rho = np.concatenate([on, on + 0.1, on]), np.repeat([28.0, 28.0, 20.0], n)
    found = integrate(lorenz, begins, rho, 0.05 * np.arange(401), 1e-6).states
    return dict(zip(("true", "moved", "wrong"), found.reshape(3, SEEDS, COUNT, 401, 3), strict=True))


def _answer(true, predicted):
    problem = Problem(0.05 * jnp.arange(401), Runs(true), noise=0.1)
    return expressive.ask(LookedUp(jnp.asarray(true[:, 0]), jnp.asarray(predicted)), problem)


def test_the_exact_chaotic_system_is_consistent_from_a_start_that_is_a_little_off(chaos):
    answers = [_answer(*of) for of in zip(chaos["true"], chaos["moved"], strict=True)]
    assert all(answer.number < expressive.ENOUGH for answer in answers)  # the trajectory itself is lost
    assert sum(bool(answer.holds) for answer in answers) >= SEEDS - 1
    assert np.mean([answer.details["spectrum_error_fraction"] for answer in answers]) > expressive.CONSISTENT


@pytest.mark.parametrize("seed", range(SEEDS))
def test_a_wrong_chaotic_system_and_noise_are_not(chaos, seed):
    true = chaos["true"][seed]
    assert not _answer(true, chaos["wrong"][seed]).holds
    assert not _answer(true, np.random.default_rng(seed).permuted(true, axis=1)).holds  # the right values in no order
