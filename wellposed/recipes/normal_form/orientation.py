"""What keeps the parameter map monotone, and what it costs: restarts, and failures of the whole."""

from collections.abc import Mapping
from functools import partial
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
from jaxtyping import Array, Key

from wellposed.dynamics import Architecture, FreeMap

PUBLISHED_GRID = 201  # -1, -0.99, ..., 1
_STEPS = 1000


class Restarts(NamedTuple):
    """How often the published training of the parameter's autoencoder has to begin again.

    Attributes:
        begun: how many were trained.
        accepted: how many of them had the signs of alpha - origin throughout.
        monotone: how many were monotone.
    """

    begun: int
    accepted: int
    monotone: int

    @property
    def expected(self) -> float:
        """The expected number of restarts before one is accepted."""
        return self.begun / self.accepted - 1 if self.accepted else float("inf")


def published_restarts(
    architecture: Architecture, origins: Mapping[str, float], key: Key[Array, ""], begun: int
) -> dict[str, Restarts]:
    """Train the published autoencoder of the parameter from many random weights [@kalia2021].

    It is trained to reproduce alpha on a grid, by Adam; then the signs of beta and alpha - origin are compared, and it
    is thrown away where one differs (a grid point next to the origin is let pass).

    Args:
        architecture: with the widths of the hidden layers.
        origins: name -> the true bifurcation, in units in which the sampled range is [-1, 1]; 0 where the parameter was
            centred on it beforehand, as published.
        key: of the weights.
        begun: how many are trained.
    """
    grid = np.linspace(-1.0, 1.0, PUBLISHED_GRID)
    betas = np.asarray(_trained(jax.random.split(key, begun), architecture.parameter_widths, jnp.asarray(grid)))
    steps = np.diff(betas)
    monotone = int(np.sum(np.all(steps > 0, axis=1) | np.all(steps < 0, axis=1)))

    def accepted(origin: float) -> int:
        right = np.sign(betas) == np.sign(grid - origin)
        return int(np.sum(np.all(right | (np.abs(grid - origin) <= 0.01), axis=1)))

    return {name: Restarts(begun, accepted(origin), monotone) for name, origin in origins.items()}


@partial(jax.jit, static_argnames="widths")
def _trained(keys: Array, widths: tuple[int, ...], grid: Array) -> Array:
    """What beta each of the parameter's autoencoders has on the grid after its training."""
    optimiser = optax.adam(1e-3)

    def one(key: Array) -> Array:
        params, static = eqx.partition(FreeMap(widths, key), eqx.is_inexact_array)

        def loss(params: Any) -> Array:
            both = eqx.combine(params, static)
            return jnp.mean((grid - jax.vmap(lambda a: both.inverse(both(a)))(grid)) ** 2)

        def step(carry, _):
            params, memory = carry
            updates, memory = optimiser.update(jax.grad(loss)(params), memory)
            return (eqx.apply_updates(params, updates), memory), None

        (params, _), _ = jax.lax.scan(step, (params, optimiser.init(params)), None, length=_STEPS)
        return jax.vmap(eqx.combine(params, static))(grid)

    return jax.vmap(one)(keys)
