"""A crowd that goes through a narrow gap."""

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

from ...densities import Gaussian
from .environment import Distance, Environment, LimitedSpeed


class Gap(eqx.Module):
    """Q = height max(0, x_2^2 - 5 x_1^2 - 0.1): two hyperbolic walls with a gap of about 0.6 between them [@lin2021].

    Args:
        height: of the cost.

    Example:
        >>> wall = Gap(5.0)
        >>> float(wall(jnp.array([0.0, 0.2]))), float(wall(jnp.array([0.0, 1.0])))
        (0.0, 4.5)
    """

    height: float

    def __call__(self, x: Float[Array, " d"]) -> Float[Array, ""]:
        """Q(x)."""
        return self.height * jnp.maximum(x[1] ** 2 - 5 * x[0] ** 2 - 0.1, 0)


class NearCompany(eqx.Module):
    """K(x, y) = weight / (1 + |x - y|^2), over the first two coordinates [@lin2021].

    Args:
        weight: at least 0.
    """

    weight: float

    def __call__(self, x: Float[Array, " d"], y: Float[Array, " d"]) -> Float[Array, ""]:
        """K(x, y)."""
        return self.weight / (1 + jnp.sum((x[:2] - y[:2]) ** 2))


def bottleneck(d: int = 2) -> Environment:
    """From (-2, 0) to (2, 0) at a speed of at most 5 through a gap at 0, nu = 0.1, with company [@lin2021].

    Args:
        d: dimensions; only the first two have walls and a target.

    Example:
        >>> bottleneck().nu
        0.1
    """
    mean = jnp.full(d, -2.0).at[1].set(0.0)
    return Environment(
        Gaussian.isotropic(mean, 0.1),
        Distance(1.0, jnp.array([2.0, 0.0]), (0, 1)),
        LimitedSpeed(5.0),
        Gap(5.0),
        NearCompany(1.0),
        nu=0.1,
        horizon=1.0,
    )
