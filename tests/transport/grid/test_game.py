"""What a game refuses, in a sentence each."""

import jax.numpy as jnp
import pytest

from wellposed.errors import InputError
from wellposed.transport import KL, FixedDensity, Gaussian, Grid, GridGame, Preference, solve_grid

GRID = Grid(((-3.0, 3.0), (-2.0, 2.0)), (24, 16), 4)
LEFT, RIGHT = (Gaussian.isotropic(jnp.array([x, 0.0]), 0.15) for x in (-1.5, 1.5))


def wall(x):
    """Infinite about x_1 = 0."""
    return jnp.where(jnp.abs(x[0]) < 0.2, jnp.inf, 0.0)


def gate(x):
    """A wall with a passage at its end."""
    return jnp.where(x[1] > 1.0, 0.0, wall(x))


def test_densities():
    with pytest.raises(InputError, match=r"initial: expected a density that integrates to one on the grid, found 0.5"):
        GridGame(GRID, Gaussian.isotropic(jnp.array([-3.0, 0.0]), 0.15), FixedDensity(RIGHT))
    with pytest.raises(InputError, match="terminal: expected finite densities, found NaN or infinity in 1 cells"):
        GridGame(GRID, LEFT, FixedDensity(jnp.ones(GRID.shape).at[0, 0].set(jnp.nan)))
    with pytest.raises(InputError, match="terminal: expected densities of at least 0, found -1"):
        GridGame(GRID, LEFT, FixedDensity(jnp.ones(GRID.shape).at[0, 0].set(-1)))
    with pytest.raises(InputError, match=r"initial: expected values of shape \(24, 16\), found \(16, 24\)"):
        GridGame(GRID, jnp.ones((16, 24)), FixedDensity(RIGHT))


def test_dimensions():
    with pytest.raises(InputError, match="initial: expected a density of 2 dimensions"):
        GridGame(GRID, Gaussian.isotropic(jnp.zeros(3), 0.2), FixedDensity(RIGHT))
    with pytest.raises(InputError, match="costs: expected costs of points of 2 dimensions"):
        GridGame(GRID, LEFT, KL(1.0, Gaussian.isotropic(jnp.zeros(3), 0.2)))


def test_numbers():
    with pytest.raises(ValueError, match="alpha > 0 and nu >= 0, got alpha=0"):
        GridGame(GRID, LEFT, FixedDensity(RIGHT), alpha=0.0)
    with pytest.raises(InputError, match="costs: expected prices that are numbers, found NaN"):
        GridGame(GRID, LEFT, FixedDensity(RIGHT), (Preference(lambda x: jnp.sqrt(x[0])),))
    with pytest.raises(ValueError, match="got 2 sides and 1 numbers"):
        Grid(((0.0, 1.0), (0.0, 1.0)), (4,), 2)
    with pytest.raises(ValueError, match="low < high"):
        Grid(((1.0, 0.0),), (4,), 2)
    with pytest.raises(ValueError, match="2 or more cells a side"):
        Grid(((0.0, 1.0),), (1,), 2)


@pytest.mark.parametrize("terminal", [FixedDensity(RIGHT), KL(5.0, RIGHT)])
def test_a_wall_that_blocks_the_whole_way(terminal):
    with pytest.raises(InputError, match=r"cut the box into 2 rooms, so that 100\.0% of the initial density"):
        GridGame(GRID, LEFT, terminal, (Preference(wall),))
    GridGame(GRID, LEFT, terminal, (Preference(gate),))


def test_a_crowd_inside_a_wall():
    with pytest.raises(InputError, match="of the initial density stands inside an obstacle"):
        GridGame(GRID, Gaussian.isotropic(jnp.zeros(2), 0.15), FixedDensity(RIGHT), (Preference(wall),))


def test_a_crowd_goes_through_the_gate():
    grid = Grid(((-3.0, 3.0), (-2.0, 2.0)), (18, 12), 8)
    found = solve_grid(GridGame(grid, LEFT, FixedDensity(RIGHT), (Preference(gate),)), 0.05, 3000, throw=False)
    inside = jnp.abs(grid.centres()[..., 0]) < 0.2
    blocked = inside & (grid.centres()[..., 1] < 1.0)
    assert float((found.rho * blocked[None]).sum((1, 2)).max() * grid.volume) < 0.01
    assert float((found.rho * inside[None]).sum((1, 2)).max() * grid.volume) > 0.2
    assert float(found.transport_cost) > 9.5
