"""Errors elsewhere: other initial states, other parameters."""

import dataclasses

import jax.numpy as jnp
import numpy as np
import pytest
from toy_dynamics import TS, runs, spring

from wellposed.audit.dynamical import Problem, generalising


def decay(x0, parameter, ts):
    return jnp.exp(-parameter * ts)[:, None] * x0[None]


def test_the_truth_generalises(springs):
    answer = generalising.ask(lambda x0, p, ts: 1.01 * spring(x0, p, ts), springs)
    assert answer.details["far: error"] == pytest.approx(0.01, rel=0.3)
    assert answer.holds


def test_a_map_that_knows_one_parameter_fails_at_another():
    starts, ones = jnp.ones((4, 1)), jnp.ones(4)
    problem = Problem(
        TS, runs(decay, starts, ones), 0.01, runs(decay, starts, ones), {"slower": runs(decay, starts, 0.2 * ones)}
    )
    answer = generalising.ask(lambda x0, p, ts: decay(x0, jnp.where(p > 0.5, 1.02 * p, 2 * p), ts), problem)
    assert not answer.holds
    assert answer.details["slower: error"] > 10 * answer.details["test: error"]


def test_not_asked_without_another_set(springs):
    alone = dataclasses.replace(springs, train=None, elsewhere={})
    answer = generalising.ask(spring, alone)
    assert answer.holds is None
    assert "no training trajectories" in answer.verdict


def test_errors_are_relative_to_the_rms_of_the_set():
    decayed = runs(decay, jnp.array([[1.0], [1e-6]]), jnp.ones(2))
    problem = Problem(TS, decayed, 0.01, elsewhere={"again": decayed})
    answer = generalising.ask(lambda x0, p, ts: 2 * decay(x0, p, ts), problem)
    assert answer.samples[1] < 1e-5  # a trajectory near 0 does not count a whole
    assert answer.samples[0] == pytest.approx(np.sqrt(2), rel=1e-3)
