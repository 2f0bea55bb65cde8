"""Implicit Euler, beside the matrix that it inverts."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from wellposed.dynamics import Flow, ImplicitEuler


@pytest.fixture(scope="module", autouse=True)
def double():
    with jax.enable_x64(True):
        yield


A = np.random.default_rng(0).normal(size=(5, 5)) - 3 * np.eye(5)
SCHEME = ImplicitEuler(1e-13)


def test_a_step_inverts_the_matrix_of_a_linear_field():
    x = jnp.arange(1.0, 6.0)
    flow = Flow(lambda t, x, args: jnp.asarray(A) @ x, SCHEME, t1=3.0, steps=3)
    np.testing.assert_allclose(flow(x), np.linalg.matrix_power(np.linalg.inv(np.eye(5) - A), 3) @ x, rtol=1e-10)


def test_it_is_of_order_one_and_stable_where_explicit_steps_are_not():
    decay = lambda t, x, args: -x + 0.1 * jnp.sin(3 * t) * x**2
    exact = Flow(decay, SCHEME, steps=4096)(jnp.ones(3))
    errors = [float(jnp.abs(Flow(decay, SCHEME, steps=n)(jnp.ones(3)) - exact).max()) for n in (8, 16)]
    assert 1.7 < errors[0] / errors[1] < 2.3
    stiff = Flow(lambda t, x, args: -1e6 * x, SCHEME, steps=2)(jnp.ones(2))
    assert float(jnp.abs(stiff).max()) < 1e-11


def test_the_derivative_is_that_of_the_inverse_both_ways():
    step = lambda k: Flow(lambda t, x, k: k * (jnp.asarray(A) @ x), SCHEME, t1=1.0, steps=1)(jnp.ones(5), k).sum()
    inverse = np.linalg.inv(np.eye(5) - 0.7 * A)
    want = (inverse @ A @ inverse @ np.ones(5)).sum()
    k = jnp.asarray(0.7)
    np.testing.assert_allclose(jax.grad(step)(k), want, rtol=1e-8)
    np.testing.assert_allclose(jax.jvp(step, (k,), (jnp.ones(()),))[1], want, rtol=1e-8)


def test_a_state_that_comes_to_rest_does_not_underflow_in_the_solver():
    start = jnp.ones(2, jnp.float32)
    end = Flow(lambda t, x, args: -1000 * x, ImplicitEuler(), steps=10)(start)
    assert end.dtype == jnp.float32
    np.testing.assert_allclose(end, 101.0**-10, rtol=1e-3)
    assert bool((Flow(lambda t, x, args: -x, ImplicitEuler(), steps=2)(0 * start) == 0).all())
