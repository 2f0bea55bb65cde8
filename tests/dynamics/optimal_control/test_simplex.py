"""The projection against its optimality conditions and SciPy, and an optimiser that keeps to the simplex."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from scipy.optimize import minimize

from wellposed.dynamics import kept_in_simplex, project_simplex


def test_the_projection_is_the_nearest_point():
    h = np.array([0.7, -0.2, 0.4, 0.9])
    want = minimize(
        lambda y: np.sum((y - h) ** 2), np.full(4, 0.25), bounds=[(0, 1)] * 4,
        constraints={"type": "eq", "fun": lambda y: y.sum() - 1}, method="SLSQP", options={"ftol": 1e-14},
    ).x  # fmt: skip
    np.testing.assert_allclose(project_simplex(jnp.asarray(h, "float32")), want, atol=1e-6)


def test_a_batch_is_projected_row_by_row_and_a_point_of_the_simplex_stays():
    h = jax.random.normal(jax.random.key(0), (5, 3, 7))
    got = project_simplex(h)
    np.testing.assert_allclose(got.sum(-1), 1, rtol=1e-5)
    assert got.min() >= 0
    np.testing.assert_allclose(got[2, 1], project_simplex(h[2, 1]), rtol=1e-6)
    np.testing.assert_allclose(project_simplex(got), got, atol=1e-6)


def test_the_optimiser_finds_the_minimum_on_the_simplex():
    """Of |h - c|^2: the projection of c. The other parameters are not projected."""
    c = jnp.array([0.8, 0.6, -0.5])
    loss = lambda p: jnp.sum((p["h"] - c) ** 2) + jnp.sum((p["w"] - c) ** 2)
    params, optimiser = {"h": jnp.full(3, 1 / 3), "w": jnp.zeros(3)}, kept_in_simplex(optax.sgd(0.2))
    state = optimiser.init(params)
    for _ in range(60):
        changes, state = optimiser.update(jax.grad(loss)(params), state, params)
        params = jax.tree.map(jnp.add, params, changes)
        assert float(params["h"].sum()) == pytest.approx(1, abs=1e-5)
    np.testing.assert_allclose(params["h"], project_simplex(c), atol=1e-4)
    np.testing.assert_allclose(params["w"], c, atol=1e-4)
