"""4D-Var against least squares on a linear model; its gradient against finite differences."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from wellposed.dynamics import RK4, Flow, FourDVar, Observed
from wellposed.simulate import lorenz96

A = np.array([[1.0, 0.1], [-0.1, 0.98]])
H = np.array([[1.0, 0.5]])
SIGMA, B = 0.3, 0.8
FLOW = Flow(lambda t, x, F: lorenz96(x, F), RK4(), t1=0.05, steps=1, adjoint="checkpointed")


def test_a_window_of_a_linear_model_is_a_least_squares_problem():
    ys = np.random.default_rng(1).normal(size=(6, 1))
    background = np.array([1.0, -1.0])
    rows = [H @ np.linalg.matrix_power(A, k) / SIGMA for k in range(1, 7)]
    left = np.concatenate([np.eye(2) / B, *rows])
    start = np.linalg.lstsq(left, np.concatenate([background / B, ys.ravel() / SIGMA]), rcond=None)[0]
    with jax.enable_x64(True):
        var = FourDVar(lambda x: jnp.asarray(A) @ x, 6, B, tolerance=1e-10)
        found = var(jnp.asarray(background), Observed(jnp.asarray(ys), lambda x: jnp.asarray(H) @ x, SIGMA))
        np.testing.assert_allclose(found.states[-1], np.linalg.matrix_power(A, 6) @ start, atol=1e-7)
        np.testing.assert_allclose(found.forecasts[0], A @ background, atol=1e-12)
        assert bool(found.converged.all())


def test_the_gradient_is_that_of_finite_differences():
    with jax.enable_x64(True):
        var = FourDVar(lambda x: FLOW(x, 8.0), 4, 1.0)
        x, background, d = (jax.random.normal(jax.random.key(k), (8,)) for k in range(3))
        ys = Observed(jax.random.normal(jax.random.key(4), (4, 8)), lambda x: x, 0.5)
        cost = lambda x: var.cost(x, background, ys)
        slope = (cost(x + 1e-5 * d) - cost(x - 1e-5 * d)) / 2e-5
        assert float(jnp.vdot(jax.grad(cost)(x), d)) == pytest.approx(float(slope), rel=1e-7)


def test_a_chaotic_system_is_followed_below_the_noise():
    n, count = 12, 100
    step = lambda x: FLOW(x, 8.0)
    start = jax.lax.fori_loop(0, 200, lambda _, x: step(x), jax.random.normal(jax.random.key(0), (n,)))
    truth = jax.lax.scan(lambda x, _: (step(x), step(x)), start, None, length=count)[1]
    ys = Observed(truth + jax.random.normal(jax.random.key(1), truth.shape), lambda x: x, 1.0)
    found = FourDVar(step, 10, 0.7)(start + 1, ys)
    error = lambda states: float(jnp.sqrt(jnp.mean((states - truth)[50:] ** 2)))
    assert error(found.states) < 0.45
    assert error(found.states) < error(found.forecasts)


def test_half_windows_are_refused():
    with pytest.raises(ValueError, match="expects whole windows of 10 observations, got 15"):
        FourDVar(lambda x: x, 10, 1.0)(jnp.zeros(1), Observed(jnp.zeros((15, 1)), lambda x: x, 1.0))
