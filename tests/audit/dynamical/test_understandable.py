"""What polynomials explain of a motion, against systems of known degree."""

import jax
import jax.numpy as jnp
import pytest
from toy_dynamics import TS, runs, spring

from wellposed.audit.dynamical import Problem, understandable

SHARE = "explained_by_degree_{}_fraction"


def logistic(x0, parameter, ts):
    grown = jnp.exp(parameter * ts)[:, None] * x0[None]
    return grown / (1 + grown - x0[None])


def test_a_linear_law_is_explained_at_degree_one(springs):
    answer = understandable.ask(spring, springs)
    assert answer.details[SHARE.format(1)] > 0.999
    assert answer.holds


def test_a_quadratic_law_with_a_parameter_needs_degree_three():
    rates = jnp.linspace(0.5, 2.0, 8)
    problem = Problem(TS, runs(logistic, jnp.full((8, 1), 0.05), rates), noise=0.01)
    shares = [understandable.ask(logistic, problem).details[SHARE.format(d)] for d in (1, 2, 3)]
    assert shares[0] < 0.8 < 0.99 < shares[2]
    assert shares == sorted(shares)


def test_a_parameter_of_a_few_numbers_is_part_of_the_law():
    rates = jnp.stack([jnp.linspace(0.5, 2.0, 8), jnp.ones(8)], axis=1)
    grown = lambda x0, parameter, ts: logistic(x0, parameter[0], ts)
    problem = Problem(TS, runs(grown, jnp.full((8, 1), 0.05), rates), noise=0.01)
    assert understandable.ask(grown, problem).details[SHARE.format(3)] > 0.98


def test_a_window_of_past_states_is_no_part_of_the_law():
    """Its 300 numbers would make four million monomials."""
    starts = jax.random.normal(jax.random.key(1), (8, 2))
    windows = jnp.broadcast_to(starts[:, None], (8, 150, 2))
    problem = Problem(TS, runs(spring, starts, windows), noise=0.01)
    answer = understandable.ask(spring, problem)
    assert answer.details[SHARE.format(1)] > 0.999
    assert "the 300 numbers of its parameter are left out" in answer.verdict


def test_a_law_that_explains_less_than_the_mean_explains_nothing():
    problem = Problem(TS, runs(logistic, jnp.full((8, 1), 0.05), jnp.array([9.0, 1, 9, 1, 9, 1, 9, 1])), noise=0.01)
    answer = understandable.ask(logistic, problem)
    assert min(answer.details[SHARE.format(d)] for d in (1, 2, 3)) < 0
    assert "nothing at degree" in answer.verdict
    assert "in 1 coordinate, which holds" in answer.verdict
    assert "-" not in answer.verdict


def test_noise_is_no_law(springs):
    noise = jax.random.normal(jax.random.key(0), (len(TS), 2))

    def random(x0, parameter, ts):
        return jnp.roll(noise, (1000 * x0[0]).astype(int), axis=0)

    answer = understandable.ask(random, springs)
    assert answer.number < 0.3
    assert not answer.holds


def test_a_single_trajectory_is_explained_by_its_first_half():
    problem = Problem(TS, runs(spring, jnp.ones((1, 2))), noise=0.01)
    assert understandable.ask(spring, problem).number > 0.99


def test_a_map_that_breaks_down_obeys_no_law(springs):
    answer = understandable.ask(lambda x0, parameter, ts: jnp.nan * spring(x0, parameter, ts), springs)
    assert answer.holds is False
    assert answer.details[SHARE.format(3)] != pytest.approx(1)
