"""Local congestion: what a crowd costs grows with its square."""

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

from .cost import AbstractCost, require_weight


class Congestion(AbstractCost):
    """F(rho) = weight / 2 int rho^2 dx: an agent pays in proportion to the density around it [@benamou2015].

    Args:
        weight: at least 0.
    """

    weight: Float[Array, ""] = eqx.field(converter=jnp.asarray)

    def __check_init__(self):
        require_weight(self, self.weight)

    def per_mass(self, x: Float[Array, " d"], log_rho: Float[Array, ""]) -> Float[Array, ""]:
        """weight rho / 2."""
        return self.weight * jnp.exp(log_rho) / 2

    def variation(self, x: Float[Array, " d"], log_rho: Float[Array, ""]) -> Float[Array, ""]:
        """weight rho."""
        return self.weight * jnp.exp(log_rho)
