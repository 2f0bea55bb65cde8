"""The gap of a potential, where the optimum is known, and where the potential is wrong."""

import jax
import jax.numpy as jnp
import pytest

from wellposed.transport import (
    KL,
    Entropy,
    Gaussian,
    Grid,
    GridGame,
    LinearQuadraticGame,
    Potential,
    Preference,
    certificate,
    solve_grid,
)

EXACT = LinearQuadraticGame(Gaussian.isotropic(jnp.array([-0.5]), 0.25), goal=jnp.array([0.5]), g=2.0, q=1.0, nu=0.1)


def a_game(n=60, steps=20):
    around = lambda centre, weight: Preference(lambda x: weight * jnp.sum((x - centre) ** 2) / 2)
    running = lambda t: (around(EXACT.mean(t), 1.0),)
    return GridGame(Grid(((-3.0, 3.0),), (n,), steps), EXACT.initial, around(EXACT.goal, 2.0), running, nu=0.1)


def test_the_optimum_has_no_gap():
    with jax.enable_x64(True):
        found = certificate(a_game(), EXACT.phi)
        assert float(found.primal) == pytest.approx(float(EXACT.cost()), rel=0.01)
        assert float(found.dual) == pytest.approx(float(EXACT.cost()), rel=1e-3)
        assert abs(float(found.relative_gap)) < 0.01
        assert float(found.residual) < 1e-6
        assert float(found.dual_on_support) >= float(found.dual) - 1e-9


def test_a_wrong_potential_has_a_gap_and_its_dual_value_is_a_bound():
    """A constant more changes nothing; half of the potential, or a bump far from the crowd, does."""
    with jax.enable_x64(True):
        game = a_game()
        true = certificate(game, EXACT.phi)
        shifted = certificate(game, lambda x, t: EXACT.phi(x, t) + 3 * t + 1)
        assert float(shifted.dual) == pytest.approx(float(true.dual), abs=1e-6)
        half = certificate(game, lambda x, t: EXACT.phi(x, t) / 2)
        assert float(half.dual) < float(EXACT.cost()) < float(half.primal)
        assert float(half.relative_gap) > 0.2
        far = certificate(game, lambda x, t: EXACT.phi(x, t) - 0.5 * jnp.exp(-10 * (x[0] - 2.7) ** 2) * t)
        assert float(far.dual) < float(true.dual) - 0.05
        assert float(far.dual_on_support) == pytest.approx(float(true.dual), abs=0.01)


def test_a_network_against_the_grid():
    """A random potential: its dual value is below the optimum of the grid, its primal value above."""
    grid = Grid(((-2.0, 2.0),) * 2, (12, 12), 6)
    at = lambda x: Gaussian.isotropic(jnp.array([x, 0.0]), 0.3)
    game = GridGame(grid, at(-0.4), KL(1.0, at(0.4)), (Entropy(0.1),), nu=0.05)
    network = Potential.random(2, 4, jax.random.key(0))
    found, best = certificate(game, network), solve_grid(game, 1e-2)
    assert float(found.dual) < float(best.dual)
    assert float(found.primal) > float(best.primal)
    assert float(found.relative_gap_on_support) <= float(found.relative_gap)
