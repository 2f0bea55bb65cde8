"""Ensemble filters against Kalman's own, on a linear model; and on Lorenz-96 against the noise."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from wellposed.dynamics import RK4, EnsembleKalman, Flow, Observed
from wellposed.simulate import lorenz96

A = np.array([[1.0, 0.1], [-0.1, 0.98]])
H = np.array([[1.0, 0.5]])
SIGMA = 0.3


def kalman(mean, P, ys):
    """The mean and the covariance after all observations, by the textbook's formulas."""
    for y in ys:
        mean, P = A @ mean, A @ P @ A.T
        K = P @ H.T @ np.linalg.inv(H @ P @ H.T + SIGMA**2 * np.eye(1))
        mean, P = mean + K @ (y - H @ mean), P - K @ H @ P
    return mean, P


def members(count):
    """An ensemble whose mean and covariance are exactly (1, -1) and diag(1, 4)."""
    x = np.random.default_rng(0).normal(size=(count, 2))
    x -= x.mean(axis=0)
    whitened = x @ np.linalg.inv(np.linalg.cholesky(np.cov(x.T))).T
    return whitened * [1.0, 2.0] + [1.0, -1.0]


def observed(ys):
    return Observed(jnp.asarray(ys), lambda x: jnp.asarray(H, x.dtype) @ x, SIGMA)


@pytest.fixture(scope="module")
def ys():
    return np.random.default_rng(1).normal(size=(12, 1))


def model(x):
    return jnp.asarray(A, x.dtype) @ x


def test_the_transform_filter_is_kalmans_where_the_model_is_linear(ys):
    with jax.enable_x64(True):
        filter = EnsembleKalman(model)
        found = filter(jnp.asarray(members(7)), observed(ys), jax.random.key(0))
        mean, P = kalman(np.array([1.0, -1.0]), np.diag([1.0, 4.0]), ys)
        np.testing.assert_allclose(found.states[-1], mean, atol=1e-10)
        assert float(found.spread[-1]) == pytest.approx(np.sqrt(np.trace(P) / 2), rel=1e-10)


def test_perturbed_observations_approach_it_as_the_ensemble_grows(ys):
    filter = EnsembleKalman(model, "perturbed")
    mean, P = kalman(np.array([1.0, -1.0]), np.diag([1.0, 4.0]), ys)
    found = filter(jnp.asarray(members(4000), jnp.float32), observed(np.float32(ys)), jax.random.key(0))
    np.testing.assert_allclose(found.states[-1], mean, atol=0.05)
    assert float(found.spread[-1]) == pytest.approx(np.sqrt(np.trace(P) / 2), rel=0.05)


@pytest.mark.parametrize("kind", ["transform", "perturbed"])
def test_a_chaotic_system_is_followed_below_the_noise(kind):
    n, count = 12, 150
    flow = Flow(lambda t, x, F: lorenz96(x, F), RK4(), t1=0.05, steps=1)
    step = lambda x: flow(x, 8.0)
    start = jax.lax.fori_loop(0, 200, lambda _, x: step(x), jax.random.normal(jax.random.key(0), (n,)))
    truth = jax.lax.scan(lambda x, _: (step(x), step(x)), start, None, length=count)[1]
    noise = jax.random.normal(jax.random.key(1), truth.shape)
    ensemble = start[None] + jax.random.normal(jax.random.key(2), (24, n))
    filter = EnsembleKalman(step, kind, inflation=1.02 if kind == "transform" else 1.05)
    found = filter(ensemble, Observed(truth + noise, lambda x: x, 1.0), jax.random.key(3))
    error = jnp.sqrt(jnp.mean((found.states - truth)[50:] ** 2))
    assert float(error) < 0.35  # of a noise of 1
    assert float(found.spread[50:].mean()) == pytest.approx(float(error), rel=0.5)
    blind = filter(ensemble, Observed(truth + noise, lambda x: x, 1e3), jax.random.key(3))
    assert float(jnp.sqrt(jnp.mean((blind.states - truth)[50:] ** 2))) > 1
