"""Finite volumes beside the Ornstein-Uhlenbeck process, and what they keep."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from wellposed.transport import Gaussian, Grid, fokker_planck

BOX = ((-3.0, 3.0),)
back = lambda x, t: -x


def error(n, nu=0.15):
    """Of the last density, in L1: mean m e^-t, variance nu + (s - nu) e^-2t for the velocity -x."""
    grid = Grid(BOX, (n,), steps=4)
    rho = fokker_planck(grid, Gaussian.isotropic(jnp.array([1.0]), 0.3), back, nu)
    spread = nu + (0.3 - nu) * np.exp(-2.0)
    exact = grid.tabulated(Gaussian.isotropic(jnp.array([np.exp(-1.0)]), spread))
    return float(jnp.abs(rho[-1] - exact).sum() * grid.volume)


def test_second_order_beside_ornstein_uhlenbeck():
    with jax.enable_x64(True):
        errors = [error(n) for n in (30, 60, 120)]
        assert errors[-1] < 2e-3
        assert errors[0] / errors[2] > 2 ** (2 * 1.7)


@pytest.mark.parametrize("nu", [0.0, 0.1])
def test_mass_is_kept_and_nothing_is_negative(nu):
    with jax.enable_x64(True):
        grid = Grid(((-2.0, 2.0), (-2.0, 2.0)), (16, 12), steps=4)
        block = jnp.zeros(grid.shape).at[3:6, 4:9].set(1.0)
        turn = lambda x, t: 3 * jnp.stack([-x[1], x[0]]) * (1 + t)
        rho = fokker_planck(grid, block / (block.sum() * grid.volume), turn, nu)
        np.testing.assert_allclose(rho.sum((1, 2)) * grid.volume, 1, rtol=1e-13)
        assert float(rho.min()) >= -1e-15  # rounding


def test_three_dimensions():
    grid = Grid(((-2.0, 2.0),) * 3, (12, 12, 12), steps=2)
    rho = fokker_planck(grid, Gaussian.isotropic(jnp.zeros(3), 0.2), lambda x, t: jnp.array([0.5, 0.0, -0.5]), 0.0)
    np.testing.assert_allclose(grid.mean(rho[-1]), [0.5, 0.0, -0.5], atol=5e-3)


def test_bad_input_is_a_sentence():
    grid, start = Grid(BOX, (30,), steps=2), Gaussian.isotropic(jnp.zeros(1), 0.2)
    with pytest.raises(ValueError, match="nu >= 0, got nu=-1"):
        fokker_planck(grid, start, back, -1.0)
    with pytest.raises(ValueError, match="velocity: expected finite values on the grid, found NaN"):
        fokker_planck(grid, start, lambda x, t: jnp.sqrt(x - 100))
    with pytest.raises(ValueError, match="found a need of"):
        fokker_planck(grid, start, lambda x, t: 1e7 * x)
    with pytest.raises(ValueError, match=r"velocity: expected v\(x, t\) of shape \(1,\) on this grid, found \(2,\)"):
        fokker_planck(grid, start, lambda x, t: jnp.ones(2))
