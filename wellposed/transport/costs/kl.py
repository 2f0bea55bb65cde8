"""The Kullback-Leibler divergence from a target: a soft terminal cost."""

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

from ..densities import AbstractDensity
from .cost import AbstractCost, require_weight


class KL(AbstractCost):
    """G(rho) = weight int rho log(rho / target) dx [@ruthotto2020mfg].

    Args:
        weight: alpha_G. The heavier, the nearer the end is to the target; the optimum is that of a penalised problem.
        target: the density where all should end.
    """

    weight: Float[Array, ""] = eqx.field(converter=jnp.asarray)
    target: AbstractDensity

    def __check_init__(self):
        require_weight(self, self.weight)

    def per_mass(self, x: Float[Array, " d"], log_rho: Float[Array, ""]) -> Float[Array, ""]:
        """weight (log rho - log target)."""
        return self.weight * (log_rho - self.target.log_prob(x))

    def variation(self, x: Float[Array, " d"], log_rho: Float[Array, ""]) -> Float[Array, ""]:
        """weight (log rho - log target + 1)."""
        return self.weight * (log_rho - self.target.log_prob(x) + 1)
