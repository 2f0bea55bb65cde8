"""Fluid flow mass transport: point clouds are matched, no likelihood is asked."""

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from wellposed.dynamics import RK4, Flow

from .continuous import AbstractContinuousFlow, Rates
from .ffjord import exact_divergence
from .velocity import Velocity


class FluidFlow(AbstractContinuousFlow):
    """A generator that matches clouds of points at the least kinetic energy: no adversary, no density [@lin2019].

    Training minimises D(f^-1(z), x) + weight int |v|^2 dt between a batch x of the data and as many normal points z
    that flow to it: the fluid formulation of mass transport, with its terminal condition as a match of clouds. D is
    the energy distance 2 E|x - y| - E|x - x'| - E|y - y'|, 0 for equal densities alone [@szekely2013]; it stands here
    in place of the paper's own term.

    Args:
        net: v.
        steps: of RK4.
        weight: of the kinetic energy.

    Example:
        >>> flow = FluidFlow.random(2, 16, jax.random.key(0))
        >>> sorted(flow.terms(jnp.ones((5, 2)), jax.random.key(1)))
        ['kinetic', 'match']

    When it fails: matched clouds do not bound the likelihood, which may be poor where the data are thin; a match costs
    the square of the batch.
    """

    net: Velocity
    steps: int = eqx.field(static=True)
    weight: float = eqx.field(static=True, default=0.003)

    @classmethod
    def random(cls, d: int, width: int, key: Key[Array, ""], steps: int = 8, weight: float = 0.003) -> "FluidFlow":
        """With three hidden layers of one width."""
        return cls(net=Velocity.random(d, width, key), steps=steps, weight=weight)

    @property
    def dimension(self) -> int:
        """d."""
        return self.net.dimension

    def velocity(self, t: Float[Array, ""], x: Float[Array, " d"]) -> Float[Array, " d"]:
        """v(t, x)."""
        return self.net(t, x)

    def rates(self, t: Float[Array, ""], x: Float[Array, " d"], probe: Float[Array, " d"] | None) -> Rates:
        """The exact divergence; training asks for none."""
        v, (divergence, _) = exact_divergence(self.net, t, x)
        return Rates(v, divergence, {})

    def terms(self, batch: Any, key: Key[Array, ""]) -> dict[str, Float[Array, ""]]:
        """The match and the kinetic energy; batch: points of the data, (n, d)."""
        z = jax.random.normal(key, batch.shape, batch.dtype)
        back = Flow(_Energy(self.net), RK4(), steps=self.steps).inverse
        x, energy = jax.vmap(lambda z: back((z, jnp.zeros((), z.dtype))))(z)
        return {"match": energy_distance(x, batch), "kinetic": -self.weight * jnp.mean(energy)}  # time runs back


class _Energy(eqx.Module):
    net: Velocity

    def __call__(self, t: Array, state: tuple[Array, Array], args: None) -> tuple[Array, Array]:
        v = self.net(t, state[0])
        return v, v @ v


def energy_distance(x: Float[Array, "n d"], y: Float[Array, "m d"]) -> Float[Array, ""]:
    """2 E|x - y| - E|x - x'| - E|y - y'| of two samples, without bias [@szekely2013].

    Example:
        >>> x, y = jnp.array([[0.0], [2.0]]), jnp.array([[0.0], [2.0]])
        >>> float(energy_distance(x, y))
        -2.0
    """
    n, m = len(x), len(y)
    within = jnp.sum(_distances(x, x)) / (n * (n - 1)) + jnp.sum(_distances(y, y)) / (m * (m - 1))
    return 2 * jnp.mean(_distances(x, y)) - within


def _distances(x: Float[Array, "n d"], y: Float[Array, "m d"]) -> Float[Array, "n m"]:
    squares = jnp.sum((x[:, None] - y[None]) ** 2, axis=-1)
    return jnp.where(squares > 0, jnp.sqrt(jnp.where(squares > 0, squares, 1)), 0)  # a gradient at 0
