"""What a feasible path costs, and what no path can cost less than."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from .game import GridGame
from .grid import slices
from .projection import Copy, Path, carried, copied
from .stencils import Faces, gradient, laplacian
from .tabulated import FLOOR, NodeCosts, initial_cost, logarithm

_SHIFT_STEPS, _DENSITY_STEPS = 24, 30
_MIXES = (1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1)


class Parts(NamedTuple):
    """Of the objective J = alpha kinetic + running + terminal.

    Attributes:
        kinetic: int int |m|^2 / (2 rho).
        running: the integral of the running costs.
        terminal: G(rho(T)); 0 where rho(T) is fixed.
    """

    kinetic: Float[Array, ""]
    running: Float[Array, ""]
    terminal: Float[Array, ""]


def kinetic_energy(copy: Copy, cell: float) -> Float[Array, ""]:
    """The sum of |m|^2 / (2 rho) over faces and steps, each times a cell's volume and a step of time."""
    total = jnp.zeros((), copy.node.dtype)
    for rho, m in zip(copy.face, copy.momentum, strict=True):
        cost = jnp.where(m == 0, 0, m**2 / (2 * jnp.where(rho > 0, rho, 1)))
        total = total + jnp.sum(jnp.where((rho <= 0) & (m != 0), jnp.inf, cost))
    return total * cell


def objective(game: GridGame, costs: NodeCosts, path: Path) -> Float[Array, ""]:
    """J of a path; infinite where a density is negative."""
    cell = game.grid.volume * game.grid.dt
    copy = copied(game.grid, game.start, path)
    rest = initial_cost(game) * game.grid.dt / 2 + jnp.sum(path.rho * costs.per_mass(logarithm(path.rho))) * cell
    return game.alpha * kinetic_energy(copy, cell) + jnp.where((path.rho >= 0).all(), rest, jnp.inf)


def feasible(game: GridGame, costs: NodeCosts, path: Path, inner: Path) -> tuple[Path, Float[Array, ""]]:
    """A path made positive, and its J.

    Negative densities are cut off, the mass is scaled back to one and the momentum corrected. Some of a positive path
    is mixed in, for |m|^2 / rho where hardly anyone is: of several such mixtures the cheapest.
    """
    grid = game.grid
    positive = jnp.maximum(path.rho, 0)
    mass = jnp.sum(positive.reshape(grid.steps, -1), axis=1) * grid.volume
    positive = positive / mass.reshape((-1,) + (1,) * grid.dimension)
    repaired = carried(grid, game.nu, game.start, Path(positive, path.momentum))
    mix = lambda share: jax.tree.map(lambda a, b: (1 - share) * a + share * b, repaired, inner)
    shares = jnp.asarray(_MIXES, path.rho.dtype)
    values = jax.lax.map(lambda share: objective(game, costs, mix(share)), shares)
    values = jnp.where(jnp.isnan(values), jnp.inf, values)
    return mix(shares[jnp.argmin(values)]), jnp.min(values)


def hamiltonian(game: GridGame, slopes: Faces) -> Float[Array, "steps *space"]:
    """|grad phi|^2 / (2 alpha) at the centres: half of what stands on the two faces of each dimension."""
    parts = []
    for axis, slope in zip(game.grid.axes, slopes, strict=True):
        left, right = slices(slope**2 / (4 * game.alpha), axis)
        parts.append(left + right)
    return sum(parts[1:], parts[0])


def dual(
    game: GridGame, costs: NodeCosts, phi: Float[Array, "steps *space"]
) -> tuple[Float[Array, ""], Float[Array, "steps *space"]]:
    """A lower bound of J from any potential, and that potential shifted by the best constant in each step.

    Leaving rho and m free in J - <phi, continuity equation>, the least over m is -rho |grad phi|^2 / (2 alpha) on the
    faces, and each node is left with the least over densities rho of mass one of

        int f_k(x, rho) - s_k rho dx,    s_k = -d phi / dt - nu Laplacian phi + |grad phi|^2 / (2 alpha),

    s_N = phi(T) / dt. That is c_k - int f_k*(s_k + c_k) for the best constant c_k. As f_k is convex, it is at least
    min (f_k'(r) - s_k) + int f_k(r) - r f_k'(r) for any density r, and so the bound is true however well the conjugate
    is computed: r solves f_k'(r) = s_k + c_k by bisection.
    """
    grid = game.grid
    spread = game.nu * laplacian(grid, phi) - hamiltonian(game, gradient(grid, phi))
    at_start = phi[0] + grid.dt / 2 * spread[0]
    middle = (spread[1:] + spread[:-1]) / 2 + (phi[1:] - phi[:-1]) / grid.dt
    at_end = phi[-1] - grid.dt / 2 * spread[-1]
    slope = jnp.concatenate([-middle, at_end[None] / grid.dt])
    least, shift = conjugates(costs, slope)
    if game.end is not None:
        fixed = jnp.sum(game.end * (_fixed_price(costs, game.end) - slope[-1])) * grid.volume
        least, shift = least.at[-1].set(fixed), shift.at[-1].set(0)
    value = jnp.sum(game.start * at_start) * grid.volume + initial_cost(game) * grid.dt / 2 + jnp.sum(least) * grid.dt
    gathered = jnp.cumsum(shift[::-1])[::-1] * grid.dt
    return value, phi + gathered.reshape((-1,) + (1,) * grid.dimension)


def conjugates(
    costs: NodeCosts, slope: Float[Array, "nodes *space"]
) -> tuple[Float[Array, " nodes"], Float[Array, " nodes"]]:
    """For each node, a lower bound of the least of int f(rho) - slope rho over densities of mass one; and the shift."""
    grid = costs.grid
    flat = lambda a: a.reshape(len(a), -1)
    wide = lambda c: c.reshape((-1,) + (1,) * grid.dimension)
    uniform = -jnp.log(jnp.asarray(grid.volume * flat(slope).shape[1], slope.dtype))
    full = -jnp.log(jnp.asarray(grid.volume, slope.dtype))
    lowest = lambda u: jnp.min(flat(costs.variation(jnp.full_like(slope, u)) - slope), axis=1)

    def density(shift: Array) -> Array:
        """log rho with f'(rho) = slope + shift, between none and one cell's fill."""

        def halve(_: Array, ends: tuple[Array, Array]) -> tuple[Array, Array]:
            low, high = ends
            u = (low + high) / 2
            above = costs.variation(u) > slope + wide(shift)
            return jnp.where(above, low, u), jnp.where(above, u, high)

        low, high = jnp.full_like(slope, FLOOR), jnp.full_like(slope, full)
        low, high = jax.lax.fori_loop(0, _DENSITY_STEPS, halve, (low, high))
        return (low + high) / 2

    def narrow(_: Array, ends: tuple[Array, Array]) -> tuple[Array, Array]:
        low, high = ends
        shift = (low + high) / 2
        much = jnp.sum(jnp.exp(flat(density(shift))), axis=1) * grid.volume > 1
        return jnp.where(much, low, shift), jnp.where(much, shift, high)

    low, high = jax.lax.fori_loop(0, _SHIFT_STEPS, narrow, (lowest(uniform), lowest(full)))
    u = density((low + high) / 2)
    price = costs.variation(u)
    shift = jnp.min(flat(price - slope), axis=1)
    return shift + jnp.sum(flat(jnp.exp(u) * (costs.per_mass(u) - price)), axis=1) * grid.volume, shift


def _fixed_price(costs: NodeCosts, end: Array) -> Array:
    """What the fixed terminal density pays per mass: half a step of the running costs."""
    return costs.per_mass(jnp.broadcast_to(logarithm(end)[None], costs.linear.shape))[-1]
