"""A transport problem on a grid: where a crowd begins, what it pays, where it ends."""

from collections.abc import Callable
from typing import Any, TypeAlias

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from wellposed.errors import InputError

from ..costs.cost import AbstractCost
from ..costs.kl import KL
from ..densities import AbstractDensity
from .grid import Grid

Costs: TypeAlias = tuple[AbstractCost, ...]


class FixedDensity(eqx.Module):
    """The terminal condition rho(T) = density, of optimal transport [@benamou2000].

    Args:
        density: a density, or its values at the centres of the cells.
    """

    density: AbstractDensity | Float[Array, "*space"]


class GridGame(eqx.Module):
    """A variational mean-field game on a grid, optimal transport among them [@benamou2000; @benamou2015].

    The least of

        J = alpha int int |m|^2 / (2 rho) dx dt + int sum_i F_i(rho(t)) dt + G(rho(T))
        over d rho / dt - nu Laplacian rho + div m = 0,    rho(0) = initial,

    without flux through the walls of the box. It is the objective of the particle methods, with the same cost objects.

    Args:
        grid: cells and steps.
        initial: rho(0), a density or its values at the centres.
        terminal: `FixedDensity`, or the cost G: `KL`, `Preference`, or one's own.
        running: the costs F_i, or a function of time that returns them.
        alpha: the weight of the transport, positive.
        nu: the diffusivity, at least 0.

    Raises:
        InputError: an initial or fixed terminal density that does not integrate to one on the grid, has NaN, negative
            values or another shape or dimension; costs that are not finite; obstacles (where a running cost is
            infinite) that block the whole way.
        ValueError: alpha or nu is out of its range.

    Example:
        >>> from wellposed.transport import Gaussian
        >>> grid = Grid(box=((-3.0, 3.0),), shape=(24,), steps=8)
        >>> ends = [Gaussian.isotropic(jnp.array([x]), 0.2) for x in (-0.5, 0.5)]
        >>> game = GridGame(grid, ends[0], FixedDensity(ends[1]))
        >>> game.start.shape
        (24,)

    When it fails: a density that is narrower than three cells is not resolved, nor is such a way.
    """

    grid: Grid
    start: Float[Array, "*space"]
    terminal: FixedDensity | AbstractCost
    running: Costs | Callable[[Any], Costs]
    alpha: Float[Array, ""]
    nu: Float[Array, ""]

    def __init__(
        self,
        grid: Grid,
        initial: AbstractDensity | Float[Array, "*space"],
        terminal: FixedDensity | AbstractCost,
        running: Costs | Callable[[Any], Costs] = (),
        alpha: float | Float[Array, ""] = 1.0,
        nu: float | Float[Array, ""] = 0.0,
    ):
        if not alpha > 0 or not nu >= 0:
            raise ValueError(f"GridGame expects alpha > 0 and nu >= 0, got alpha={alpha} and nu={nu}.")
        self.grid = grid
        self.start = grid.tabulated(initial, "initial")
        fixed = isinstance(terminal, FixedDensity)
        self.terminal = FixedDensity(grid.tabulated(terminal.density, "terminal")) if fixed else terminal
        self.running = running
        self.alpha = jnp.asarray(alpha, self.start.dtype)
        self.nu = jnp.asarray(nu, self.start.dtype)
        self._check_costs()

    @property
    def end(self) -> Float[Array, "*space"] | None:
        """The fixed terminal density, if there is one."""
        return self.terminal.density if isinstance(self.terminal, FixedDensity) else None  # pyright: ignore[reportReturnType]

    @property
    def closing(self) -> Costs:
        """The terminal cost; none where the terminal density is fixed."""
        return () if isinstance(self.terminal, FixedDensity) else (self.terminal,)

    def costs(self, t: Float[Array, ""]) -> Costs:
        """The running costs at a time."""
        return self.running(t) if callable(self.running) else self.running

    def target(self) -> Float[Array, "*space"] | None:
        """Where a fixed density or a divergence draws the crowd, on the cells; None where nothing is said."""
        if isinstance(self.terminal, KL):
            log_prob = self.terminal.target.log_prob
            for _ in self.grid.shape:
                log_prob = jax.vmap(log_prob)
            return jnp.exp(log_prob(self.grid.centres()))
        return self.end

    def _check_costs(self):
        from .tabulated import NodeCosts
        from .walls import require_way

        try:
            costs = NodeCosts.of(self)
        except (TypeError, ValueError) as error:
            raise InputError(
                f"costs: expected costs of points of {self.grid.dimension} dimensions, as the grid has: {error}"
            ) from error
        if bool(jnp.isnan(costs.linear).any()):
            raise InputError("costs: expected prices that are numbers, found NaN on the grid: check q and the target")
        require_way(self, costs.walls)
