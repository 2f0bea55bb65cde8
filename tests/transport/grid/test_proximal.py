"""The cell-wise steps against the conditions of their minima."""

import jax
import jax.numpy as jnp
import numpy as np

from wellposed.transport import Congestion, Entropy, FixedDensity, Grid, GridGame, Preference
from wellposed.transport.grid.proximal import kinetic, node
from wellposed.transport.grid.tabulated import FLOOR, NodeCosts


def test_kinetic():
    """The slopes vanish where rho > 0; where rho = 0, less would not pay."""
    with jax.enable_x64(True):
        face = jnp.concatenate([jnp.linspace(-30, 30, 61)] * 4)
        m = jnp.repeat(jnp.array([0.0, 1e-3, 1.0, 50.0]), 61)
        rho, found = kinetic(face, m, jnp.asarray(1.5), jnp.asarray(0.7), jnp.asarray(2.0))
        assert float(rho.min()) >= 0
        some = rho > 1e-9
        safe = jnp.where(some, rho, 1)
        in_m = jnp.where(some, 1.5 * found / safe + 2.0 * (found - m), 0)
        in_rho = jnp.where(some, -1.5 * found**2 / (2 * safe**2) + 0.7 * (rho - face), 0)
        np.testing.assert_allclose(in_m, 0, atol=1e-9)
        np.testing.assert_allclose(in_rho, 0, atol=1e-3)
        none = ~some
        assert bool(jnp.all(jnp.where(none, -0.7 * face >= 2.0**2 * m**2 / (2 * 1.5) - 1e-9, True)))
        assert int(none.sum()) > 20


def test_node():
    with jax.enable_x64(True):
        grid = Grid(((-1.0, 1.0),), (16,), 3)
        even = jnp.full(16, 0.5)
        hill = Preference(lambda x: 3 * x[0])
        for running in ((), (hill,), (Entropy(0.4), hill), (Congestion(0.5), Entropy(0.01)), (Congestion(2.0), hill)):
            costs = NodeCosts.of(GridGame(grid, even, FixedDensity(even), running))
            goal = 2 * jnp.sin(jnp.arange(48.0)).reshape(3, 16)
            u = jnp.zeros_like(goal)
            for _ in range(4):  # as the solver does, from the last answer
                u = node(costs, goal, jnp.asarray(1.3), u)
            rho = jnp.exp(u)
            left = costs.variation(u) + 1.3 * (rho - goal)
            none = rho < 1e-6
            np.testing.assert_allclose(jnp.where(none, 0, left), 0, atol=1e-6)
            assert bool(jnp.all(jnp.where(u <= FLOOR, left > -1e-6, True)))
