"""The oracle is the least error over the grid."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.core import Tracer

from wellposed.inverse import RESULTS, Tikhonov, oracle
from wellposed.operators import Matrix, svd


def test_no_value_of_the_grid_is_better(shaw, method):
    found = oracle(method.build, method.grid, shaw.y[None], shaw.x[None])
    errors = [float(jnp.sum((method.build(value)(shaw.y) - shaw.x) ** 2)) for value in found.grid]
    np.testing.assert_allclose(found.scores, errors, rtol=1e-6)
    assert found.parameter == found.grid[int(np.argmin(errors))]
    np.testing.assert_array_equal(found.map(shaw.y), method.build(found.parameter)(shaw.y))
    assert found.result == RESULTS.successful


def test_the_best_weight_of_white_signal_and_noise_is_their_ratio():
    """With A = I the error of the scaling 1 / (1 + alpha) is least at the ratio of their variances."""
    x, noise = jax.random.normal(jax.random.key(0), (2, 4000, 2))
    spectrum = svd(Matrix(jnp.eye(2)))
    found = oracle(lambda a: Tikhonov(spectrum, a), np.linspace(0.05, 0.6, 56), x + 0.5 * noise, x)
    np.testing.assert_allclose(found.parameter, 0.25, atol=0.03)


def test_the_edge_of_the_grid_is_reported_and_not_raised(shaw):
    spectrum = svd(shaw.A)
    found = oracle(lambda a: Tikhonov(spectrum, a), np.geomspace(1, 10, 4), shaw.y[None], shaw.x[None])
    assert found.result == RESULTS.at_the_edge
    assert found.parameter == 1


def test_one_program_serves_the_grid(shaw):
    """The map is built once with a traced parameter, and once more with the chosen one."""
    spectrum, built = svd(shaw.A), []

    def build(alpha):
        built.append(isinstance(alpha, Tracer))
        return Tikhonov(spectrum, alpha)

    oracle(build, np.geomspace(1e-6, 1, 20), shaw.y[None], shaw.x[None])
    assert built.count(False) == 1
    assert built.count(True) <= 2


def test_errors_that_are_not_finite_are_raised(shaw):
    spectrum = svd(shaw.A)
    with pytest.raises(eqx.EquinoxRuntimeError, match="hold numbers that are not finite"):
        oracle(lambda a: Tikhonov(spectrum, a), np.geomspace(1e-6, 1, 4), jnp.nan * shaw.y[None], shaw.x[None])
