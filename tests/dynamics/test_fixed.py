"""States of a scheme between its steps, and its certificate."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from wellposed.dynamics import RESULTS, RK4, Euler, Flow


def test_between_the_steps_it_is_of_order_four():
    ts, errors = jnp.linspace(0, 2, 37), []
    with jax.enable_x64(True):
        for steps in (10, 20):
            flow = Flow(lambda t, x, args: jnp.cos(t) * x, RK4(), t1=2.0, steps=steps)
            errors.append(float(jnp.abs(flow.trajectory(1.0, ts) - jnp.exp(jnp.sin(ts))).max()))
    assert np.log2(errors[0] / errors[1]) > 3.5


def test_without_times_it_is_the_steps():
    solution = Flow(lambda t, x, args: x, Euler(), t0=1.0, t1=2.0, steps=4).solve(jnp.ones(2))
    np.testing.assert_allclose(solution.ts, [1, 1.25, 1.5, 1.75, 2])
    np.testing.assert_allclose(solution.xs[:, 0], 1.25 ** np.arange(5), rtol=1e-6)
    assert {name: int(count) for name, count in solution.statistics.items()} == {"steps": 4, "evaluations": 4}


def test_times_in_any_order_are_as_when_sorted():
    flow, ts = Flow(lambda t, x, args: x, RK4(), t0=1.0, t1=-1.0, steps=4), jnp.array([0.3, -1.0, 1.0, 0.0])
    np.testing.assert_allclose(flow.trajectory(1.0, ts), np.exp(np.asarray(ts) - 1), rtol=2e-3)


def test_outside_is_nan_with_a_code():
    solution = Flow(lambda t, x, args: x, RK4(), steps=4).solve(1.0, jnp.array([0.5, -0.1]))
    assert solution.result == RESULTS.outside
    assert jnp.isnan(solution.xs).tolist() == [False, True]
    with pytest.raises(Exception, match="lie outside the flow's interval"):
        solution.raised()


def test_an_interval_of_length_zero_is_its_start():
    found = Flow(lambda t, x, args: x, RK4(), t0=1.0, t1=1.0, steps=4).solve(2.0, jnp.array([1.0]))
    assert found.result == RESULTS.successful
    np.testing.assert_array_equal(found.xs, [2.0])


def test_a_time_that_is_no_number_has_a_code():
    found = Flow(lambda t, x, args: x, RK4(), steps=4).solve(1.0, jnp.array([0.5, jnp.nan]))
    assert found.result == RESULTS.not_finite
