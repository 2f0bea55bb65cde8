"""A preference for places: costs that are linear in the density, obstacles among them."""

from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

from .cost import AbstractCost


class Preference(AbstractCost):
    """F(rho) = int Q(x) rho dx: an agent pays Q(x) where it is, as running or as terminal cost [@ruthotto2020mfg].

    Args:
        q: Q, any pure function or module of one point.

    Example:
        >>> wall = Preference(bump(50.0, jnp.zeros(2), jnp.array([1.0, 0.5])))
        >>> round(float(wall.per_mass(jnp.zeros(2), jnp.array(0.0))), 2)
        11.25
    """

    q: Callable[[Any], Any]

    def per_mass(self, x: Float[Array, " d"], log_rho: Float[Array, ""]) -> Float[Array, ""]:
        """Q(x)."""
        return self.q(x)

    def variation(self, x: Float[Array, " d"], log_rho: Float[Array, ""]) -> Float[Array, ""]:
        """Q(x)."""
        return self.q(x)


class _Bump(eqx.Module):
    height: Float[Array, ""] = eqx.field(converter=jnp.asarray)
    centre: Float[Array, " k"]
    variances: Float[Array, " k"]

    def __call__(self, x: Float[Array, " d"]) -> Float[Array, ""]:
        part = x[: len(self.centre)] - self.centre
        scale = jnp.sqrt(jnp.prod(2 * jnp.pi * self.variances))
        return self.height / scale * jnp.exp(-jnp.sum(part**2 / self.variances) / 2)


def bump(height: float, centre: Float[Array, " k"], variances: Float[Array, " k"]) -> Callable[[Any], Any]:
    """height N(x_1..k; centre, diag(variances)): a smooth obstacle in the first k dimensions [@ruthotto2020mfg].

    The published obstacle has height 50, centre 0 and variances 1 and 0.5.
    """
    return _Bump(height, centre, variances)
