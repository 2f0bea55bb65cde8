"""How far a learned potential is from the optimum of its game: a primal and a dual value on a grid."""

from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from .grid.bounds import Parts, conjugates
from .grid.fokker_planck import fokker_planck
from .grid.game import GridGame
from .grid.tabulated import NodeCosts, logarithm
from .potential import Derivatives, Potential

_SUPPORT = 1e-3  # of the mass, that may lie outside of what counts as the support
_NEVER = -1e6  # the slope of the potential where no density is to be


class Certificate(eqx.Module):
    """What a potential's crowd pays, and what no crowd can pay less than.

    Attributes:
        primal: J of the density that v = -grad phi / alpha drives.
        dual: D(phi), a lower bound of J of every path in the box.
        dual_on_support: the same bound among paths that stay, at each time, in the cells that hold 99.9 % of the
            density: what remains of the gap when residuals where hardly anyone goes are not counted. It is no bound
            for the game itself.
        parts: of the primal value: kinetic (without alpha), running, terminal.
        residual: the largest |-d phi / dt - nu Laplacian phi + |grad phi|^2 / (2 alpha) - sum dF/drho| on that support.
        rho: the density at the ends of the steps, the initial one first.
    """

    primal: Float[Array, ""]
    dual: Float[Array, ""]
    dual_on_support: Float[Array, ""]
    parts: Parts
    residual: Float[Array, ""]
    rho: Float[Array, "nodes *space"]
    alpha: Float[Array, ""]

    @property
    def gap(self) -> Float[Array, ""]:
        """primal - dual: at least how far the potential's crowd is from the optimum."""
        return self.primal - self.dual

    @property
    def relative_gap(self) -> Float[Array, ""]:
        """The gap over the transport's cost alpha int int |v|^2 rho / 2."""
        return self.gap / (self.alpha * self.parts.kinetic)

    @property
    def relative_gap_on_support(self) -> Float[Array, ""]:
        """primal - dual_on_support, over the transport's cost."""
        return (self.primal - self.dual_on_support) / (self.alpha * self.parts.kinetic)


def certificate(game: GridGame, phi: Potential | Callable[[Any, Any], Any]) -> Certificate:
    """The primal-dual gap of a potential that was learned, or is known otherwise, in a variational game.

    The density rho comes from a Fokker-Planck solve with v = -grad phi / alpha, and the primal value from both. With
    s = -d phi / dt - nu Laplacian phi + |grad phi|^2 / (2 alpha), the dual value is

        D(phi) = int phi(0) rho(0) dx + int_0^T min (F_t(r) - int s r dx) dt + min (G(r) - int phi(T) r dx)

    with least values over densities r of mass one. For costs that are linear in the density those are the least of
    Q - s and of g - phi(T): the worst residual of the Hamilton-Jacobi-Bellman inequality is subtracted. For G = alpha_G
    KL(. | rho1) the last one is -alpha_G log int rho1 exp(phi(T) / alpha_G) dx.

    Args:
        game: with its grid; its terminal cost may also be a fixed density, which then counts for the dual value only.
        phi: a `Potential`, or any function phi(x, t) that can be differentiated twice.

    Returns:
        Both values with the density.

    Raises:
        InputError: the velocity is not finite, or too large, somewhere in the box.

    Example:
        The optimum of a linear-quadratic game has no gap but for the grid's:

        >>> from wellposed.transport import Gaussian, Grid, LinearQuadraticGame, Preference
        >>> lq = LinearQuadraticGame(Gaussian.isotropic(jnp.zeros(1), 0.3), goal=jnp.ones(1), nu=0.05)
        >>> grid = Grid(box=((-3.0, 4.0),), shape=(70,), steps=20)
        >>> end = Preference(lambda x: jnp.sum((x - 1) ** 2) / 2)
        >>> found = certificate(GridGame(grid, lq.initial, end, nu=0.05), lq.phi)
        >>> bool(abs(found.relative_gap) < 0.01)
        True

    When it fails: sums over cells and steps stand for integrals, and residuals are seen at the centres only, so that
    both values carry the grid's error, of second order; near the optimum the gap may come out slightly negative.
    Nobody leaves the box: the bound holds for crowds whose density at its walls is nil. The maximum of the residual is
    over the whole box, the corners included where a network has seen no sample: compare `dual_on_support`, and choose
    the box no larger than the crowd needs.
    """
    velocity = lambda x, t: -_derivatives(phi, x, t).gradient / game.alpha
    rho = fokker_planck(game.grid, game.start, velocity, game.nu)
    return _certified(game, phi, rho)


@eqx.filter_jit
def _certified(game: GridGame, phi: Potential | Callable[..., Array], rho: Array) -> Certificate:
    grid = game.grid
    value, found = _tabulated(game, phi)
    square = jnp.sum(found.gradient**2, axis=-1) / game.alpha
    slope = -found.time - game.nu * found.laplacian + square / 2
    running, end = NodeCosts.running(game), NodeCosts.terminal(game)
    weights = jnp.full(grid.steps + 1, grid.dt, rho.dtype).at[jnp.array([0, -1])].set(grid.dt / 2)
    summed = lambda a: jnp.sum(a.reshape(len(a), -1), axis=1) * grid.volume
    over_time = lambda a: jnp.sum(weights * summed(a))
    log_rho = logarithm(rho)
    price, last = running.per_mass(log_rho), end.per_mass(log_rho[-1:])
    parts = Parts(over_time(square * rho) / (2 * game.alpha), over_time(rho * price), summed(rho[-1:] * last)[0])
    support = _support(rho)

    def dual(seen: Array) -> Array:
        held = jnp.where(seen, slope, _NEVER)
        least = jnp.sum(weights * conjugates(running, held)[0])
        if game.end is None:
            at_end = conjugates(end, jnp.where(seen[-1:], value[-1:], _NEVER))[0][0]
        else:
            at_end = -jnp.sum(game.end * value[-1]) * grid.volume
        return jnp.sum(game.start * value[0]) * grid.volume + least + at_end

    residual = jnp.max(jnp.where(support, jnp.abs(slope - running.variation(log_rho)), 0))
    primal = game.alpha * parts.kinetic + parts.running + parts.terminal
    everywhere = jnp.ones_like(support)
    return Certificate(primal, dual(everywhere), dual(support), parts, residual, rho, game.alpha)


def _tabulated(game: GridGame, phi: Potential | Callable[..., Array]) -> tuple[Array, Derivatives]:
    """phi and its derivatives at the nodes."""
    x = game.grid.centres().astype(game.start.dtype)

    def at_time(t: Array) -> tuple[Array, Derivatives]:
        at = lambda x: (phi(x, t), _derivatives(phi, x, t))
        for _ in game.grid.shape:
            at = jax.vmap(at)
        return at(x)

    return jax.lax.map(at_time, game.grid.times().astype(x.dtype))


def _derivatives(phi: Potential | Callable[..., Array], x: Array, t: Array) -> Derivatives:
    if isinstance(phi, Potential):
        return phi.derivatives(x, t)
    gradient, rate = jax.grad(phi, (0, 1))(x, t)
    return Derivatives(gradient, rate, jnp.trace(jax.hessian(phi)(x, t)))


def _support(rho: Array) -> Array:
    """The fewest cells that hold all but a little of the mass, at each time."""
    flat = rho.reshape(len(rho), -1)
    ranked = jnp.sort(flat, axis=1)
    outside = jnp.cumsum(ranked, axis=1) <= _SUPPORT * jnp.sum(flat, axis=1, keepdims=True)
    least = jnp.take_along_axis(ranked, jnp.sum(outside, axis=1, keepdims=True), axis=1)
    return (flat >= least).reshape(rho.shape)
