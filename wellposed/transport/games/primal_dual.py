"""The primal-dual gap of a value function: how far its policy is from what nobody can beat."""

from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
from jax.core import Tracer
from jaxtyping import Array, Float, Key

from ..grid.fokker_planck import fokker_planck
from ..grid.game import GridGame
from ..grid.grid import Grid
from .game import MeanFieldGame
from .hjb import Phi, Policy, Region, hjb_residual, largest_residual, paid

_SLABS = 16  # of time


class PrimalDual(NamedTuple):
    """Bounds on the optimal J of a stochastic game, from one value function.

    Attributes:
        primal: J of the policy v = -grad phi / kinetic, int phi(0) rho(0) - int int r rho.
        dual: int phi(0) rho(0) - int max_x r(x, t) dt, below which no J can be, where the search for the largest
            residual found it: an upper sum over slabs of time.
        dual_uniform: int phi(0) rho(0) - T max(r, 0), a weaker bound from the largest residual of all.
        kinetic: int int kinetic |v|^2 / 2 rho, of the policy.
        residual: max r over the whole region and all times.
        dual_in_box: as `dual`, with the largest residual among the grid's cells at the grid's times.
        primal_by_sums: kinetic, running and terminal costs summed over cells: J with the grid's own error.
        rho: the density at the grid's times.
    """

    primal: Float[Array, ""]
    dual: Float[Array, ""]
    dual_uniform: Float[Array, ""]
    kinetic: Float[Array, ""]
    residual: Float[Array, ""]
    dual_in_box: Float[Array, ""]
    primal_by_sums: Float[Array, ""]
    rho: Float[Array, "nodes *space"]

    @property
    def gap(self) -> Float[Array, ""]:
        """primal - dual."""
        return self.primal - self.dual

    @property
    def relative_gap(self) -> Float[Array, ""]:
        """The gap over the kinetic cost, which added constants cannot shrink."""
        return self.gap / self.kinetic


def grid_game(game: MeanFieldGame, grid: Grid) -> GridGame:
    """The same game, for the grid solver.

    Raises:
        ValueError: there is more than one terminal cost, or the grid has another horizon.
    """
    if not isinstance(game.horizon, Tracer) and abs(float(game.horizon) - grid.duration) > 1e-6:
        raise ValueError(
            f"grid_game expects a grid of duration {float(game.horizon):g}, the game's horizon, got {grid.duration:g}."
        )
    if len(game.terminal) != 1:
        raise ValueError(
            f"grid_game expects one terminal cost, got {len(game.terminal)}: add them up in one Preference."
        )
    return GridGame(grid, game.initial, game.terminal[0], game.running, game.kinetic, game.nu)


def primal_dual(
    game: MeanFieldGame, phi: Phi, grid: Grid, region: Region, key: Key[Array, ""], samples: int = 2**18
) -> PrimalDual:
    """The gap of phi, with phi(T) = Psi, in a game whose costs are linear in the density [@ruthotto2020mfg].

    For any density and velocity that obey the Fokker-Planck equation, integration by parts gives

        J = int phi(0) rho(0) + int int (kinetic |v + grad phi / kinetic|^2 / 2 - r) rho,

    with the residual r of `hjb_residual`. So J is at least int phi(0) rho(0) - int max_x r(x, t) dt, and that of the
    policy is int phi(0) rho(0) - int int r rho, in which the error of a grid's density counts little, as r is small.
    The density is that of a Fokker-Planck solve; the largest residual is searched for over the whole region, far beyond
    the crowd.

    Args:
        game: which is played.
        phi: a candidate for the value function that equals Psi at T.
        grid: of the Fokker-Planck solve; no mass should come to its walls.
        region: where crowds might go, the whole space made finite.
        key: of the search for the largest residual.
        samples: of that search.

    Raises:
        ValueError: a cost is not linear in the density.

    When it fails: the largest residual is that of the samples and of climbs from the worst of them: a narrower peak is
    missed.
    """
    rho = fokker_planck(grid, game.initial, Policy(phi, game.kinetic), game.nu)
    return _bounds(game, phi, grid, rho, _largest_by_slab(game, phi, region, key, samples))


@eqx.filter_jit
def _largest_by_slab(
    game: MeanFieldGame, phi: Phi, region: Region, key: Key[Array, ""], samples: int
) -> Float[Array, " slabs"]:
    """max r over all places, in each of some equal intervals of time."""
    size = max(1024, samples // _SLABS)

    def at(k: Array) -> Array:
        window = k / _SLABS, (k + 1) / _SLABS
        return largest_residual(game, phi, region, jax.random.fold_in(key, k), size, 32, 30, window).value

    return jax.lax.map(at, jnp.arange(_SLABS))


@eqx.filter_jit
def _bounds(game: MeanFieldGame, phi: Phi, grid: Grid, rho: Array, largest: Array) -> PrimalDual:
    centres = grid.centres().astype(rho.dtype).reshape(-1, grid.dimension)
    mass = rho.reshape(len(rho), -1) * grid.volume
    times = grid.times().astype(rho.dtype)
    weights = jnp.full(grid.steps + 1, grid.dt, rho.dtype).at[jnp.array([0, -1])].set(grid.dt / 2)

    def at(t: Array) -> tuple[Array, Array]:
        r = jax.vmap(lambda x: hjb_residual(game, phi, x, t))(centres)
        v = jax.vmap(lambda x: Policy(phi, game.kinetic)(x, t))(centres)
        return r, game.kinetic * jnp.sum(v**2, axis=1) / 2

    r, effort = jax.lax.map(at, times)
    over = lambda a: jnp.sum(weights * jnp.sum(a * mass, axis=1))
    q = jax.vmap(lambda x: paid(game.running, x))(centres)
    start = mass[0] @ jax.vmap(lambda x: phi(x, times[0]))(centres)
    end = mass[-1] @ jax.vmap(lambda x: paid(game.terminal, x))(centres)
    kinetic = over(effort)
    return PrimalDual(
        primal=start - over(r),
        dual=start - game.horizon * jnp.mean(largest),
        dual_uniform=start - game.horizon * jnp.maximum(jnp.max(largest), 0),
        kinetic=kinetic,
        residual=jnp.max(largest),
        dual_in_box=start - jnp.sum(weights * jnp.max(r, axis=1)),
        primal_by_sums=kinetic + over(jnp.broadcast_to(q[None], mass.shape)) + end,
        rho=rho,
    )
