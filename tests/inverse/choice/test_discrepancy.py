"""The discrepancy principle: near the best error, the most regularised map that fits, and codes otherwise."""

import equinox as eqx
import jax.numpy as jnp
import numpy as np
import pytest

from wellposed.inverse import RESULTS, Tikhonov, discrepancy
from wellposed.operators import svd


def test_is_near_the_least_error(shaw, method):
    found = discrepancy(method.build, method.grid, shaw.A, shaw.y, shaw.noise_norm, tau=1.05)
    assert found.result == RESULTS.successful
    assert jnp.linalg.norm(found.map(shaw.y) - shaw.x) <= 2.5 * method.best


def test_is_the_most_regularised_map_that_fits(shaw):
    spectrum, grid = svd(shaw.A), np.geomspace(1e-9, 1e2, 34)
    found = discrepancy(lambda a: Tikhonov(spectrum, a), grid, shaw.A, shaw.y, shaw.noise_norm, tau=1.2)
    residuals = [jnp.linalg.norm(shaw.A.mv(Tikhonov(spectrum, a)(shaw.y)) - shaw.y) for a in grid]
    np.testing.assert_allclose(found.scores, residuals, rtol=1e-10)
    fitting = [a for a, residual in zip(grid, residuals, strict=True) if residual <= 1.2 * shaw.noise_norm]
    np.testing.assert_allclose(found.parameter, max(fitting))


def test_noise_out_of_reach_has_a_code(shaw):
    spectrum, grid = svd(shaw.A), np.geomspace(1e-3, 1, 6)

    def ask(throw):
        return discrepancy(lambda a: Tikhonov(spectrum, a), grid, shaw.A, shaw.y, 1e-9, throw=throw)

    found = ask(False)
    assert found.result == RESULTS.discrepancy_not_reached
    np.testing.assert_allclose(found.parameter, grid[0])
    with pytest.raises(eqx.EquinoxRuntimeError, match="No reconstruction fits the data to the noise level"):
        ask(True)


def test_a_grid_that_fits_throughout_is_reported(shaw):
    spectrum, grid = svd(shaw.A), np.geomspace(1e-3, 1, 6)
    found = discrepancy(lambda a: Tikhonov(spectrum, a), grid, shaw.A, shaw.y, 1e9)
    assert found.result == RESULTS.at_the_edge
    np.testing.assert_allclose(found.parameter, grid[-1])


def test_residuals_that_are_not_finite_have_a_code(shaw):
    spectrum, grid = svd(shaw.A), np.geomspace(1e-3, 1, 6)
    found = discrepancy(lambda a: Tikhonov(spectrum, a), grid, shaw.A, jnp.nan * shaw.y, 1.0, throw=False)
    assert found.result == RESULTS.not_finite
