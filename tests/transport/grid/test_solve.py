"""The grid solver beside closed forms, and what it says when it cannot go on."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from wellposed.transport import (
    GRID_RESULTS,
    KL,
    AbstractCost,
    Congestion,
    Entropy,
    FixedDensity,
    Gaussian,
    Grid,
    GridGame,
    LinearQuadraticGame,
    Preference,
    penalised_gaussian,
    solve_grid,
)


def at(x, variance=0.3):
    return Gaussian.isotropic(jnp.asarray(x, float), variance)


def translated(n, steps, tolerance=3e-4):
    """W2^2 of a translation by 1 in one dimension."""
    game = GridGame(Grid(((-2.5, 2.5),), (n,), steps), at([-0.5], 0.1), FixedDensity(at([0.5], 0.1)))
    return solve_grid(game, tolerance, max_steps=6000)


def test_translated_densities_at_second_order():
    with jax.enable_x64(True):
        coarse, fine = (translated(*size) for size in ((20, 6), (40, 12)))
        errors = [abs(float(s.transport_cost) - 1) for s in (coarse, fine)]
        assert errors[1] < 0.005
        assert errors[0] / errors[1] > 2.5
        assert float(fine.gap) >= 0
        assert float(fine.relative_gap) <= 3e-4
        assert float(fine.stats["mass_error"]) < 1e-12
        assert float(fine.stats["continuity_error"]) < 1e-10
        middle = fine.velocity()[6, 20]
        np.testing.assert_allclose(middle, 1.0, rtol=0.02)
        slope = (fine.phi[6, 24] - fine.phi[6, 16]) / (8 * 0.125)
        assert float(slope) == pytest.approx(-1, rel=0.02)


def test_a_soft_end_in_two_dimensions_stops_short():
    """Beside the closed form of the same penalised problem; in float32."""
    grid = Grid(((-2.0, 2.0),) * 2, (16, 16), 6)
    a, b = at([-0.5, 0.0], 0.2), at([0.5, 0.2], 0.3)
    found = solve_grid(GridGame(grid, a, KL(2.0, b), alpha=1.5), tolerance=3e-3)
    exact = penalised_gaussian(a, b, 2.0, 1.5)
    assert float(found.primal) == pytest.approx(float(exact.objective), rel=0.02)
    np.testing.assert_allclose(grid.mean(found.rho[-1]), exact.end.mean, atol=0.01)
    assert float(1.5 * found.parts.kinetic + found.parts.terminal) == pytest.approx(float(found.primal), rel=1e-5)


@pytest.mark.parametrize("q", [0.0, 1.5])
def test_a_linear_quadratic_game_with_noise(q):
    """Beside its Riccati equation, the mean of all given as a preference that moves."""
    with jax.enable_x64(True):
        exact = LinearQuadraticGame(at([-0.5], 0.2), goal=jnp.array([0.5]), g=2.0, q=q, nu=0.1)
        around = lambda centre, weight: Preference(lambda x: weight * jnp.sum((x - centre) ** 2) / 2)
        running = lambda t: (around(exact.mean(t), q),)
        game = GridGame(Grid(((-2.5, 2.5),), (48,), 12), exact.initial, around(exact.goal, 2.0), running, nu=0.1)
        found = solve_grid(game, tolerance=1e-3, max_steps=6000)
        assert float(found.primal) == pytest.approx(float(exact.cost()), rel=0.01)
        assert float(found.dual) <= float(found.primal)
        x, t = game.grid.centres()[16:30], game.grid.middles()[5]
        phi = jax.vmap(lambda x: exact.phi(x, t))(x)
        np.testing.assert_allclose(found.phi[5, 16:30], phi, atol=0.01 * float(phi.max()))
        np.testing.assert_allclose(game.grid.mean(found.rho[-1]), exact.mean(1.0), atol=5e-3)


class Away(eqx.Module):
    """Half the squared distance from the crowd's mean, which is tabulated in time."""

    weight: float
    times: jax.Array
    means: jax.Array

    def __call__(self, t):
        centre = jnp.stack([jnp.interp(t, self.times, row) for row in self.means.T])
        return (Preference(lambda x: self.weight * jnp.sum((x - centre) ** 2) / 2),)


def test_the_interaction_is_found_by_fixed_point():
    """The mean that agents mind is that of the crowd itself: from a mean that rests to Riccati's, within 1 %."""
    with jax.enable_x64(True):
        exact = LinearQuadraticGame(at([-0.5], 0.2), goal=jnp.array([0.5]), g=2.0, q=1.5, nu=0.1)
        end = Preference(lambda x: jnp.sum((x - exact.goal) ** 2))
        grid = Grid(((-2.5, 2.5),), (48,), 12)

        def answer(means):
            game = GridGame(grid, exact.initial, end, Away(1.5, grid.times(), means), nu=0.1)
            return solve_grid(game, tolerance=2e-3, max_steps=6000)

        means = jnp.full((grid.steps + 1, 1), -0.5)
        found = answer(means)
        for _ in range(5):
            means = jax.vmap(grid.mean)(found.rho)
            found = answer(means)
        expected = jax.vmap(exact.mean)(grid.times())
        assert float(jnp.abs(jax.vmap(grid.mean)(found.rho) - means).max()) < 1e-3  # it has come to rest
        assert float(jnp.abs(means - expected).max()) < 0.01 * float(jnp.abs(expected).max())
        assert float(found.primal) == pytest.approx(float(exact.cost()), rel=0.01)


def test_costs_of_a_crowd_have_no_smaller_sum_elsewhere():
    """With entropy, a hill and a cost of one's own; the gap is a bound, and congestion spreads the crowd."""

    class Height(AbstractCost):
        def per_mass(self, x, log_rho):
            return x[0] ** 2

        def variation(self, x, log_rho):
            return x[0] ** 2

    with jax.enable_x64(True):
        grid = Grid(((-2.0, 2.0),), (24,), 8)
        hill = Preference(lambda x: jnp.exp(-8 * x[0] ** 2))
        costs = (Entropy(0.05), Congestion(0.5), hill, Height())
        game = GridGame(grid, at([-0.8], 0.1), KL(1.0, at([0.8], 0.1)), costs)
        found = solve_grid(game, tolerance=1e-3)
        assert 0 <= float(found.relative_gap) <= 1e-3
        without = solve_grid(GridGame(grid, game.start, KL(1.0, at([0.8], 0.1)), (costs[0], *costs[2:])))
        square = lambda s: float(jnp.sum(s.rho[4] ** 2))
        assert square(found) < square(without)


def test_three_dimensions():
    game = GridGame(
        Grid(((-1.5, 1.5),) * 3, (8, 8, 8), 4), at([-0.3, 0, 0], 0.2), FixedDensity(at([0.3, 0, 0], 0.2)), nu=0.0
    )
    found = solve_grid(game, tolerance=2e-2)
    assert float(found.transport_cost) == pytest.approx(0.36, rel=0.05)
    assert found.velocity().shape == (4, 8, 8, 8, 3)


def test_a_failure_is_a_code_with_a_sentence():
    game = GridGame(Grid(((-2.5, 2.5),), (20,), 6), at([-0.5], 0.1), FixedDensity(at([0.5], 0.1)))
    found = solve_grid(game, tolerance=1e-9, max_steps=50, throw=False)
    assert found.result == GRID_RESULTS.gap_not_reached
    assert "allow more `max_steps`" in GRID_RESULTS[found.result]
    with pytest.raises(RuntimeError, match="allow more `max_steps`"):
        solve_grid(game, tolerance=1e-9, max_steps=50)
