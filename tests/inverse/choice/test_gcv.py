"""Generalised cross-validation: near the best error, its formula, and the estimate of the trace."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from wellposed.inverse import RESULTS, Tikhonov, TotalVariation, gcv, oracle
from wellposed.operators import Mask, svd


def test_is_near_the_least_error(shaw, method):
    found = gcv(method.build, method.grid, shaw.A, shaw.y, key=jax.random.key(2), probes=8)
    assert found.result == RESULTS.successful
    assert jnp.linalg.norm(found.map(shaw.y) - shaw.x) <= 2.5 * method.best


def test_the_scores_are_those_of_the_influence_matrix(shaw):
    spectrum, M, m = svd(shaw.A), np.asarray(shaw.A.matrix), shaw.y.size
    found = gcv(lambda a: Tikhonov(spectrum, a), np.geomspace(1e-4, 1, 3), shaw.A, shaw.y)
    for alpha, score in zip(found.grid, found.scores, strict=True):
        influence = M @ np.linalg.solve(M.T @ M + alpha * np.eye(m), M.T)
        want = m * np.sum((influence @ shaw.y - shaw.y) ** 2) / np.trace(np.eye(m) - influence) ** 2
        np.testing.assert_allclose(score, want, rtol=1e-6)


def test_probes_estimate_the_closed_form(shaw):
    spectrum, grid = svd(shaw.A), np.geomspace(1e-4, 1, 5)
    exact = gcv(lambda a: Tikhonov(spectrum, a), grid, shaw.A, shaw.y).scores

    def opaque(alpha):
        return eqx.Partial(lambda f, y: f(y), Tikhonov(spectrum, alpha))

    probed = gcv(opaque, grid, shaw.A, shaw.y, key=jax.random.key(0), probes=500).scores
    np.testing.assert_allclose(probed, exact, rtol=0.02)


def test_a_nonlinear_map():
    """Total variation of a noisy step: the chosen weight has at most 1.25 times the least squared error."""
    x = jnp.zeros((10, 12)).at[:, 6:].set(1.0)
    y = x + 0.2 * jax.random.normal(jax.random.key(1), x.shape)
    A = Mask(jnp.ones(x.shape, bool))
    grid = np.geomspace(0.02, 5, 8)

    def build(weight):
        return TotalVariation(A, weight, steps=60)

    found = gcv(build, grid, A, y, key=jax.random.key(0), probes=16)
    errors = oracle(build, grid, y[None], x[None]).scores
    assert found.result == RESULTS.successful
    assert errors[int(jnp.argmin(found.scores))] <= 1.25 * errors.min()


def test_a_map_that_is_not_spectral_needs_a_key(shaw):
    with pytest.raises(ValueError, match="gcv expects a key for a map that is not spectral, got None"):
        gcv(lambda a: lambda y: y * a, np.ones(3), shaw.A, shaw.y)


def test_the_edge_of_the_grid_is_reported(shaw):
    spectrum = svd(shaw.A)
    found = gcv(lambda a: Tikhonov(spectrum, a), np.geomspace(1, 10, 4), shaw.A, shaw.y)
    assert found.result == RESULTS.at_the_edge
