"""The Hamilton-Jacobi-Bellman equation of a game: its residual, and the largest residual of all."""

from collections.abc import Callable
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from ..costs.cost import AbstractCost
from ..costs.preference import Preference
from ..potential import Derivatives
from .game import MeanFieldGame

Phi = Callable[[Any, Any], Any]


def derivatives(phi: Phi, x: Float[Array, " d"], t: Float[Array, ""]) -> Derivatives:
    """Gradient, time derivative and exact Laplacian of any function of (x, t), in closed form where it has one.

    Otherwise the gradient is by reverse mode, and the Laplacian by two forward passes for each of the d directions.

    Example:
        >>> found = derivatives(lambda x, t: t * jnp.sum(x**2), jnp.array([1.0, 2.0]), jnp.array(3.0))
        >>> found.gradient.tolist(), float(found.time), float(found.laplacian)
        ([6.0, 12.0], 5.0, 12.0)
    """
    closed = getattr(phi, "derivatives", None)
    if closed is not None:
        return closed(x, t)
    gradient, time = jax.grad(phi, argnums=(0, 1))(x, t)

    def second(e: Array) -> Array:
        along = lambda y: jax.jvp(lambda z: phi(z, t), (y,), (e,))[1]
        return jax.jvp(along, (x,), (e,))[1]

    return Derivatives(gradient, time, jnp.sum(jax.vmap(second)(jnp.eye(len(x), dtype=x.dtype))))


def paid(costs: tuple[AbstractCost, ...], x: Float[Array, " d"]) -> Float[Array, ""]:
    """What an agent pays at x, by costs that are linear in the density.

    Raises:
        ValueError: a cost asks for the density, which agents and a value function do not know.
    """
    nobody = jnp.zeros((), x.dtype)
    for cost in costs:
        if not isinstance(cost, Preference):
            raise ValueError(
                f"Stochastic games expect costs that are linear in the density, Preference(...), got "
                f"{type(cost).__name__}: paths with noise carry no density; solve this game on a grid."
            )
    return sum((cost.variation(x, nobody) for cost in costs), nobody)


def hjb_residual(game: MeanFieldGame, phi: Phi, x: Float[Array, " d"], t: Float[Array, ""]) -> Float[Array, ""]:
    """r = -d phi/dt - nu Laplace phi + |grad phi|^2 / (2 kinetic) - Q: zero for the value function [@bensoussan2013].

    Where r <= 0 everywhere and phi(T) <= Psi, phi bounds the value function from below.

    Args:
        game: with costs that are linear in the density: Q is their sum.
        phi: `(x, t) -> phi(x, t)`; its closed-form `derivatives` are used where it has them.
        x: a place.
        t: a time.

    Raises:
        ValueError: a running cost is not linear in the density.
    """
    d = derivatives(phi, x, t)
    return -d.time - game.nu * d.laplacian + d.gradient @ d.gradient / (2 * game.kinetic) - paid(game.running, x)


class Policy(eqx.Module):
    """v = -grad phi / kinetic, the best velocity where phi is the value function.

    Args:
        phi: `(x, t) -> phi(x, t)`.
        kinetic: alpha.
    """

    phi: Phi
    kinetic: float | Float[Array, ""] = 1.0

    def __call__(self, x: Float[Array, " d"], t: Float[Array, ""]) -> Float[Array, " d"]:
        """v(x, t)."""
        return -jax.grad(lambda x: self.phi(x, t))(x) / self.kinetic


class Sup(NamedTuple):
    """The largest residual that was found.

    Attributes:
        value: of r.
        points: the worst places and times found, (x, t), worst first.
    """

    value: Float[Array, ""]
    points: Float[Array, "worst d1"]


@eqx.filter_jit
def largest_residual(
    game: MeanFieldGame,
    phi: Phi,
    region: "Region",
    key: Key[Array, ""],
    samples: int = 2**17,
    worst: int = 128,
    climbs: int = 40,
    window: tuple[float | Array, float | Array] = (0.0, 1.0),
) -> Sup:
    """max r over a region: the best of many samples, from which the worst climb on r by steps that are halved.

    Args:
        game: the game.
        phi: a candidate for its value function.
        region: where to look.
        key: of the samples.
        samples: how many.
        worst: how many of them climb.
        climbs: steps that each of them takes.
        window: the ends of the interval of times that is looked at, as shares of T.

    When it fails: a peak narrower than the distance between samples may be missed; ask with more of them and see
    whether the number stays.
    """
    begin, end = window
    place = lambda u: region.place(u.at[-1].set(begin + (end - begin) * u[-1]), game.horizon)
    r = lambda u: hjb_residual(game, phi, *place(u))
    batches = jax.random.uniform(key, (max(1, samples // 1024), 1024, region.dimension + 1), region.dtype)
    values = jax.lax.map(jax.vmap(r), batches).reshape(-1)
    top, at = jax.lax.top_k(values, worst)
    u = batches.reshape(-1, region.dimension + 1)[at]
    slope = jax.vmap(jax.grad(r))

    def climb(state: tuple[Array, Array, Array], _: None) -> tuple[tuple[Array, Array, Array], None]:
        u, value, step = state
        g = slope(u)
        tried = jnp.clip(u + step[:, None] * g / (jnp.linalg.norm(g, axis=1, keepdims=True) + 1e-30), 0, 1)
        found = jax.vmap(r)(tried)
        better = found > value
        kept = jnp.where(better[:, None], tried, u)
        return (kept, jnp.where(better, found, value), jnp.where(better, 1.3 * step, step / 2)), None

    (u, top, _), _ = jax.lax.scan(climb, (u, top, jnp.full((worst,), 0.02, u.dtype)), None, climbs)
    top, order = jax.lax.top_k(top, worst)
    x, t = jax.vmap(place)(u[order])
    return Sup(top[0], jnp.concatenate([x, t[:, None]], axis=1))


class Region(eqx.Module):
    """The whole space, made finite: x_i = centre_i + scale_i artanh(z_i), z in (-1, 1)^d, and times in [0, T].

    A function of tanh((x - centre) / scale) has its derivatives vanish as x goes to infinity, so that looking at all z
    is looking everywhere.

    Args:
        centre: where space is mapped to z = 0.
        scale: how far |z| = 0.76 is.
        reach: the largest |z| that is looked at.
    """

    centre: Float[Array, " d"]
    scale: Float[Array, " d"]
    reach: float = 0.99999

    @property
    def dimension(self) -> int:
        """d."""
        return len(self.centre)

    @property
    def dtype(self) -> Any:
        """Of places."""
        return self.centre.dtype

    def place(
        self, u: Float[Array, " d1"], horizon: float | Float[Array, ""]
    ) -> tuple[Float[Array, " d"], Float[Array, ""]]:
        """(x, t) of a point of the unit cube."""
        return self.centre + self.scale * jnp.arctanh(self.reach * (2 * u[:-1] - 1)), horizon * u[-1]

    def squeezed(self, x: Float[Array, " d"]) -> Float[Array, " d"]:
        """z of a place."""
        return jnp.tanh((x - self.centre) / self.scale)
