"""The costs of the nodes: what is linear in the density as a table, the rest as the objects themselves."""

from collections.abc import Callable

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float

from ..costs import cost as sums
from ..costs.cost import AbstractCost
from ..costs.entropy import Entropy
from ..costs.kl import KL
from ..costs.preference import Preference
from .game import Costs, GridGame
from .grid import Grid

FLOOR = -80.0  # the logarithm of a density that counts as none: its exponential is still a normal number in float32
_WALL_PRICE = 1e3  # of an infinite obstacle, in units of alpha (length of the box / duration)^2


class NodeCosts(eqx.Module):
    """f_k(x, rho) = share_k f(t_k, x, rho), and in the last node g(x, rho) / unit besides.

    Arrays of densities and logarithms have shape `(nodes, *space)`.
    """

    game: GridGame
    times: Float[Array, " nodes"]
    share: Float[Array, " nodes"]
    linear: Float[Array, "nodes *space"]
    walls: Bool[Array, "*space"]
    last: Costs
    unit: float = eqx.field(static=True)

    @classmethod
    def of(cls, game: GridGame) -> "NodeCosts":
        """At the ends of the steps, per unit of time: running costs by the trapezoidal rule, and the terminal cost."""
        times = game.grid.times()[1:]
        return cls._made(game, times, jnp.ones_like(times).at[-1].set(0.5), game.closing, game.grid.dt)

    @classmethod
    def running(cls, game: GridGame) -> "NodeCosts":
        """The running costs alone, at all nodes with the first."""
        times = game.grid.times()
        return cls._made(game, times, jnp.ones_like(times), (), 1.0)

    @classmethod
    def terminal(cls, game: GridGame) -> "NodeCosts":
        """The terminal cost alone, at one node."""
        times = game.grid.times()[-1:]
        return cls._made(game, times, jnp.zeros_like(times), game.closing, 1.0)

    @classmethod
    def _made(cls, game: GridGame, times: Array, share: Array, last: Costs, unit: float) -> "NodeCosts":
        grid, dtype = game.grid, game.start.dtype
        x = grid.centres()
        running = jax.vmap(lambda t: _over(grid, lambda x: _linear(game.costs(t), x), x))(times)
        walls = jnp.isinf(running).any(axis=0)
        end = _over(grid, lambda x: _linear(last, x), x) / unit
        linear = (_wide(share, running) * _finite(game, running)).at[-1].add(end)
        times, share, linear = (a.astype(dtype) for a in (times, share, linear))
        return cls(game, times, share, linear, walls, _nonlinear(last), unit)

    @property
    def grid(self) -> Grid:
        """Of the game."""
        return self.game.grid

    def variation(self, log_rho: Float[Array, "nodes *space"]) -> Float[Array, "nodes *space"]:
        """df/drho."""
        return self.linear + self._sum(sums.variation, log_rho)

    def per_mass(self, log_rho: Float[Array, "nodes *space"]) -> Float[Array, "nodes *space"]:
        """f / rho."""
        return self.linear + self._sum(sums.per_mass, log_rho)

    def _sum(self, what: Callable[..., Array], log_rho: Array) -> Array:
        x = self.grid.centres().astype(log_rho.dtype)
        at = lambda t, u: _over(self.grid, lambda x, u: what(_nonlinear(self.game.costs(t)), x, u), x, u)
        running = _wide(self.share, log_rho) * jax.vmap(at)(self.times, log_rho)
        end = _over(self.grid, lambda x, u: what(self.last, x, u), x, log_rho[-1]) / self.unit
        return running.at[-1].add(end)


def initial_cost(game: GridGame) -> Float[Array, ""]:
    """The sum of F_i(rho(0)), which no path changes."""
    costs = game.costs(jnp.zeros((), game.start.dtype))
    return _total(game, costs, game.start)


def terminal_cost(game: GridGame, rho: Float[Array, "*space"]) -> Float[Array, ""]:
    """G(rho); 0 where the terminal density is fixed."""
    return _total(game, game.closing, rho)


def logarithm(rho: Float[Array, "..."]) -> Float[Array, "..."]:
    """log rho, finite where there is no density."""
    return jnp.log(jnp.maximum(rho, jnp.exp(jnp.asarray(FLOOR, rho.dtype))))


def _total(game: GridGame, costs: Costs, rho: Array) -> Array:
    log_rho = logarithm(rho)
    price = _over(game.grid, lambda x, u: sums.per_mass(costs, x, u), game.grid.centres(), log_rho)
    return jnp.sum(rho * _finite(game, price)) * game.grid.volume


def _finite(game: GridGame, price: Array) -> Array:
    """Infinite prices made so high that no way through them pays."""
    length = sum((b - a) ** 2 for a, b in game.grid.box)
    high = _WALL_PRICE * game.alpha * length / game.grid.duration**2
    return jnp.where(jnp.isposinf(price), high, price)


def _linear(costs: Costs, x: Array) -> Array:
    total = jnp.zeros((), x.dtype)
    for cost in costs:
        if isinstance(cost, Preference):
            total = total + cost.q(x)
        elif isinstance(cost, KL):
            total = total - cost.weight * cost.target.log_prob(x)
    return total


def _nonlinear(costs: Costs) -> Costs:
    kept: list[AbstractCost] = []
    for cost in costs:
        if isinstance(cost, KL):
            kept.append(Entropy(cost.weight))
        elif not isinstance(cost, Preference):
            kept.append(cost)
    return tuple(kept)


def _over(grid: Grid, at: Callable[..., Array], *arrays: Array) -> Array:
    """A function of one cell, over all of them."""
    for _ in grid.shape:
        at = jax.vmap(at)
    return at(*arrays)


def _wide(vector: Array, like: Array) -> Array:
    return vector.reshape((-1,) + (1,) * (like.ndim - 1))
