"""The bound holds for paths and potentials that have nothing to do with the optimum."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from wellposed.transport import KL, Congestion, Entropy, FixedDensity, Gaussian, Grid, GridGame, Preference
from wellposed.transport.grid.bounds import dual, feasible, objective
from wellposed.transport.grid.projection import Path, carried, continuity_residual
from wellposed.transport.grid.stencils import gradient
from wellposed.transport.grid.tabulated import NodeCosts

GRID = Grid(((-1.0, 1.0), (-1.5, 1.5)), (5, 6), 4)


def a_game(terminal, running, nu):
    start = jnp.exp(-jnp.sum(GRID.centres() ** 2, -1))
    return GridGame(GRID, start / (start.sum() * GRID.volume), terminal, running, alpha=1.4, nu=nu)


def a_path(game, key):
    """Random densities of mass one, and a momentum that carries them, with some that turns in circles."""
    rho = jnp.exp(jax.random.normal(key, (4, 5, 6)))
    rho = rho / (rho.sum((1, 2), keepdims=True) * GRID.volume)
    rho = rho if game.end is None else rho.at[-1].set(game.end)
    m = tuple(jax.random.normal(k, f.shape) for k, f in zip(jax.random.split(key), gradient(GRID, rho), strict=True))
    m = (m[0].at[:, jnp.array([0, -1])].set(0), m[1].at[:, :, jnp.array([0, -1])].set(0))
    return carried(GRID, game.nu, game.start, Path(rho, m))


def games():
    target = Gaussian.isotropic(jnp.array([0.2, 0.5]), 0.3)
    hill = Preference(lambda x: jnp.sin(3 * x[0]))
    even = jnp.full((5, 6), 1 / (30 * GRID.volume))
    return [
        (KL(0.7, target), (), 0.0),
        (KL(0.7, target), (Entropy(0.3), hill), 0.2),
        (Preference(lambda x: jnp.sum(x)), (Congestion(0.4), hill), 0.1),
        (FixedDensity(even), (Entropy(0.2),), 0.0),
    ]


@pytest.mark.parametrize("which", range(4))
def test_no_path_costs_less_than_the_dual_value(which):
    with jax.enable_x64(True):
        game = a_game(*games()[which])
        costs = NodeCosts.of(game)
        values = [float(objective(game, costs, a_path(game, k))) for k in jax.random.split(jax.random.key(0), 5)]
        bounds = []
        for scale in (0.01, 0.1, 1.0):
            phi = scale * jax.random.normal(jax.random.key(3), (4, 5, 6))
            bound, shifted = dual(game, costs, phi)
            bounds.append(float(bound))
            assert float(dual(game, costs, shifted)[0]) == pytest.approx(float(bound), rel=1e-6, abs=1e-6)
        assert np.isfinite(values + bounds).all()
        assert max(bounds) <= min(values)


def test_a_wrong_sign_of_the_hamiltonian_is_seen(monkeypatch):
    """The same comparison fails for a bound that gains from the slope of phi."""
    from wellposed.transport.grid import bounds

    with jax.enable_x64(True):
        game = a_game(*games()[0])
        costs = NodeCosts.of(game)
        right = bounds.hamiltonian
        monkeypatch.setattr(bounds, "hamiltonian", lambda game, slopes: -right(game, slopes))
        phi = 50 * jax.random.normal(jax.random.key(3), (4, 5, 6))
        value = float(objective(game, costs, a_path(game, jax.random.key(1))))
        assert float(dual(game, costs, phi)[0]) > value


def test_a_negative_path_is_repaired():
    with jax.enable_x64(True):
        game = a_game(*games()[1])
        costs = NodeCosts.of(game)
        inner, other = (a_path(game, k) for k in jax.random.split(jax.random.key(7)))
        beyond = jax.tree.map(lambda a, b: a + 1.5 * (b - a), inner, other)
        assert float(beyond.rho.min()) < 0
        path, value = feasible(game, costs, beyond, inner)
        assert float(path.rho.min()) >= 0
        np.testing.assert_allclose(continuity_residual(GRID, game.nu, game.start, path), 0, atol=1e-10)
        assert float(value) == pytest.approx(float(objective(game, costs, path)), rel=1e-12)
