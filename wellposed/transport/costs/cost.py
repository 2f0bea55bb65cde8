"""What a cost of a density is, for particles and for grids alike."""

import abc

import equinox as eqx
import jax
import jax.numpy as jnp
from jax.core import Tracer
from jaxtyping import Array, Float


class AbstractCost(eqx.Module):
    """A local cost F(rho) = int f(x, rho(x)) dx, convex in rho >= 0, running or terminal [@ruthotto2020mfg].

    A particle that knows the logarithm of the density where it is pays f / rho; a grid sums f over its cells. A cost of
    one's own is a few lines: the two methods below, which need not know about d, particles or grids.

    Example:
        >>> class Height(AbstractCost):  # agents like to be low
        ...     def per_mass(self, x, log_rho):
        ...         return x[-1]
        ...     def variation(self, x, log_rho):
        ...         return x[-1]
        >>> float(Height().per_mass(jnp.array([0.0, 2.0]), jnp.array(0.0)))
        2.0
    """

    @abc.abstractmethod
    def per_mass(self, x: Float[Array, " d"], log_rho: Float[Array, ""]) -> Float[Array, ""]:
        """f(x, rho) / rho, so that F = E_{x ~ rho} of it."""

    @abc.abstractmethod
    def variation(self, x: Float[Array, " d"], log_rho: Float[Array, ""]) -> Float[Array, ""]:
        """df/drho at (x, rho): what one more agent pays there; it never decreases in rho."""


def require_weight(cost: AbstractCost, weight: Array) -> None:
    """Raise a ValueError for a negative weight, with which a cost is not convex."""
    concrete = isinstance(weight, jax.Array) and not isinstance(weight, Tracer)
    if concrete and weight.ndim == 0 and float(weight) < 0:
        raise ValueError(f"{type(cost).__name__} expects a weight of at least 0, got {float(weight):g}.")


def per_mass(costs: tuple[AbstractCost, ...], x: Float[Array, " d"], log_rho: Float[Array, ""]) -> Float[Array, ""]:
    """The sum over costs of what a particle pays."""
    return sum((cost.per_mass(x, log_rho) for cost in costs), jnp.zeros((), x.dtype))


def variation(costs: tuple[AbstractCost, ...], x: Float[Array, " d"], log_rho: Float[Array, ""]) -> Float[Array, ""]:
    """The sum over costs of their variations."""
    return sum((cost.variation(x, log_rho) for cost in costs), jnp.zeros((), x.dtype))
