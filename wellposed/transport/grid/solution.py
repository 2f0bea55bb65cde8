"""What the grid solver returns: density, momentum and potential, with bounds that say how far they are from optimal."""

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float, Shaped

from .bounds import Parts
from .game import GridGame
from .projection import Path, continuity_residual
from .stencils import Faces


class GRID_RESULTS(eqx.Enumeration):
    """How a grid solve ended: `GRID_RESULTS[solution.result]` is a sentence."""

    successful = ""
    gap_not_reached = (
        "The steps ended before the primal-dual gap fell to the tolerance times the transport's cost: allow more "
        "`max_steps`, raise `tolerance`, or use float64; the gap of the solution is still a true bound."
    )
    not_finite = (
        "The density or its cost became NaN or infinite: check that the costs are finite where the crowd can go."
    )


class GridSolution(eqx.Module):
    """The optimum of a `GridGame`, with its certificate.

    Attributes:
        game: that was solved.
        rho: the density at the ends of the steps, the initial one first.
        momentum: m through the faces across each dimension, in each step; zero at the walls.
        phi: the value function at the middles of the steps: v = -grad phi / alpha.
        parts: of the primal value: kinetic (without alpha), running, terminal.
        primal: J of (rho, momentum), which obey the continuity equation and are not negative.
        dual: what no discrete path can cost less than.
        result: `GRID_RESULTS.successful`, or why it is not.
        stats: `steps`, `mass_error` and `continuity_error` (the largest over time and space).
    """

    game: GridGame
    rho: Float[Array, "nodes *space"]
    momentum: Faces
    phi: Float[Array, "steps *space"]
    parts: Parts
    primal: Float[Array, ""]
    dual: Float[Array, ""]
    result: GRID_RESULTS
    stats: dict[str, Shaped[Array, ""]]

    @property
    def gap(self) -> Float[Array, ""]:
        """primal - dual, at least 0 but for rounding."""
        return self.primal - self.dual

    @property
    def relative_gap(self) -> Float[Array, ""]:
        """The gap over the transport's cost alpha int int |v|^2 rho / 2: constants in other costs cannot shrink it."""
        return self.gap / (self.game.alpha * self.parts.kinetic)

    @property
    def transport_cost(self) -> Float[Array, ""]:
        """int int |v|^2 rho dx dt: W2^2 for optimal transport on [0, 1]."""
        return 2 * self.parts.kinetic

    def velocity(self) -> Float[Array, "steps *space d"]:
        """m / rho at the centres, at the middles of the steps; zero where the density is."""
        grid = self.game.grid
        rho = (self.rho[1:] + self.rho[:-1]) / 2
        safe = jnp.where(rho > 0, rho, 1)
        sides = []
        for axis, face in zip(grid.axes, self.momentum, strict=True):
            n = face.shape[axis]
            both = jnp.take(face, jnp.arange(n - 1), axis=axis) + jnp.take(face, jnp.arange(1, n), axis=axis)
            sides.append(jnp.where(rho > 0, both / (2 * safe), 0))
        return jnp.stack(sides, axis=-1)

    def errors(self) -> dict[str, Float[Array, ""]]:
        """How far from its laws: the largest error of the mass, and of the continuity equation."""
        grid = self.game.grid
        mass = self.rho.reshape(len(self.rho), -1).sum(axis=1) * grid.volume
        path = Path(self.rho[1:], self.momentum)
        left = continuity_residual(grid, self.game.nu, self.rho[0], path)
        return {"mass_error": jnp.abs(mass - 1).max(), "continuity_error": jnp.abs(left).max()}
