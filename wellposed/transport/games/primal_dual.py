"""The primal-dual gap of a value function: how far its policy is from what nobody can beat."""

from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from ..certificate import certificate
from ..grid.game import GridGame
from ..grid.grid import Grid
from .game import MeanFieldGame
from .hjb import Phi, Region, largest_residual


class PrimalDual(NamedTuple):
    """Bounds on the optimal J of a stochastic game, from one value function.

    Attributes:
        primal: J of the policy v = -grad phi / kinetic, with the density of a Fokker-Planck solve.
        dual: int phi(0) rho(0) dx - T max(r, 0), below which no J can be.
        kinetic: alpha int int |v|^2 / 2 rho, of the policy.
        residual: max r over the whole region and all times.
        dual_in_box: the bound among crowds that stay in the grid's box, with the largest residual of each time.
        rho: the density at the grid's times.
    """

    primal: Float[Array, ""]
    dual: Float[Array, ""]
    kinetic: Float[Array, ""]
    residual: Float[Array, ""]
    dual_in_box: Float[Array, ""]
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
        ValueError: there is more than one terminal cost.
    """
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
    J = int phi(0) rho(0) + int int (kinetic |v + grad phi / kinetic|^2 / 2 - r) rho, so that J is at least
    int phi(0) rho(0) - T max(r, 0). The largest residual is searched for over the whole region, far beyond the crowd.

    Args:
        game: which is played.
        phi: a candidate for the value function that equals Psi at T.
        grid: of the Fokker-Planck solve; no mass should come to its walls.
        region: where crowds might go, the whole space made finite.
        key: of the search for the largest residual.
        samples: of that search.

    Raises:
        ValueError: a cost is not linear in the density, or there is more than one terminal cost.

    When it fails: the primal value carries the grid's error, of second order, and the largest residual is that of the
    samples and of climbs from the worst of them: a narrower peak is missed.
    """
    certified = certificate(grid_game(game, grid), phi)
    residual = largest_residual(game, phi, region, key, samples).value
    start = _mean_at_start(phi, grid, certified.rho[0])
    dual = start - game.horizon * jnp.maximum(residual, 0)
    kinetic = game.kinetic * certified.parts.kinetic
    return PrimalDual(certified.primal, dual, kinetic, residual, certified.dual, certified.rho)


@eqx.filter_jit
def _mean_at_start(phi: Phi, grid: Grid, rho: Float[Array, "*space"]) -> Float[Array, ""]:
    at = lambda x: phi(x, jnp.zeros((), x.dtype))
    for _ in grid.shape:
        at = jax.vmap(at)
    return jnp.sum(at(grid.centres().astype(rho.dtype)) * rho) * grid.volume
