"""What keeps the parameter map monotone, and what it costs: restarts, and failures of the whole."""

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


def published_restarts(architecture: Architecture, origin: float, key: Key[Array, ""], begun: int) -> Restarts:
    """Train the published autoencoder of the parameter from many random weights [@kalia2021].

    It is trained to reproduce alpha on a grid, by Adam; then the signs of beta and alpha - origin are compared, and it
    is thrown away where one differs (a grid point next to the origin is let pass).

    Args:
        architecture: with the widths of the hidden layers.
        origin: the true bifurcation, in units in which the sampled range is [-1, 1]; 0 where the parameter was centred
            on it beforehand, as published.
        key: of the weights.
        begun: how many are trained.
    """
    grid = jnp.linspace(-1.0, 1.0, PUBLISHED_GRID)
    optimiser = optax.adam(1e-3)

    def trained(key: Array) -> tuple[Array, Array]:
        params, static = eqx.partition(FreeMap(architecture.parameter_widths, key), eqx.is_inexact_array)

        def loss(params: Any) -> Array:
            both = eqx.combine(params, static)
            return jnp.mean((grid - jax.vmap(lambda a: both.inverse(both(a)))(grid)) ** 2)

        def step(carry, _):
            params, memory = carry
            updates, memory = optimiser.update(jax.grad(loss)(params), memory)
            return (eqx.apply_updates(params, updates), memory), None

        (params, _), _ = jax.lax.scan(step, (params, optimiser.init(params)), None, length=_STEPS)
        betas = jax.vmap(eqx.combine(params, static))(grid)
        signs = jnp.all((jnp.sign(betas) == jnp.sign(grid - origin)) | (jnp.abs(grid - origin) <= 0.01))
        steps = jnp.diff(betas)
        return signs, jnp.all(steps > 0) | jnp.all(steps < 0)

    accepted, monotone = jax.jit(jax.vmap(trained))(jax.random.split(key, begun))
    return Restarts(begun, int(np.sum(accepted)), int(np.sum(monotone)))
