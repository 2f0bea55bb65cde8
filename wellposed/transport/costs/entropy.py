"""The entropy: agents avoid each other."""

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

from .cost import AbstractCost, require_weight


class Entropy(AbstractCost):
    """F(rho) = weight int rho log rho dx [@ruthotto2020mfg].

    Args:
        weight: at least 0.
    """

    weight: Float[Array, ""] = eqx.field(converter=jnp.asarray)

    def __check_init__(self):
        require_weight(self, self.weight)

    def per_mass(self, x: Float[Array, " d"], log_rho: Float[Array, ""]) -> Float[Array, ""]:
        """weight log rho."""
        return self.weight * log_rho

    def variation(self, x: Float[Array, " d"], log_rho: Float[Array, ""]) -> Float[Array, ""]:
        """weight (log rho + 1)."""
        return self.weight * (log_rho + 1)
