"""Codes and sentences."""

import jax.numpy as jnp
import pytest

from wellposed.dynamics import RESULTS, RK4, Flow


def test_every_failure_is_a_sentence_with_a_way_out():
    names = ("not_finite", "max_steps_reached", "step_too_small", "implicit_solve_failed", "outside")
    for name in names:
        assert len(RESULTS[getattr(RESULTS, name)]) > 40
    assert RESULTS[RESULTS.successful] == ""


def test_a_success_is_returned_and_a_failure_raised():
    flow = Flow(lambda t, x, args: x**2, RK4(), t1=3.0, steps=40)
    assert flow.solve(0.1, throw=True).result == RESULTS.successful
    with pytest.raises(Exception, match="became NaN or infinite: take more steps"):
        flow.solve(jnp.asarray(30.0), throw=True)
