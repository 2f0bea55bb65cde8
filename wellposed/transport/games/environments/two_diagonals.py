"""A crowd that slips between two slanted walls."""

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

from ...densities import Gaussian
from .environment import Distance, Environment, LimitedSpeed, nothing

_ANGLE = jnp.pi / 5


class TwoWalls(eqx.Module):
    """Q = height sum of max(0, -(5 y_1^2 +- 2 y_2 + 1)), y the place seen from (-+2, +-0.5), turned by pi/5 [@lin2021].

    Args:
        height: of the cost.

    Example:
        >>> float(TwoWalls(5.0)(jnp.zeros(2)))
        0.0
    """

    height: float

    def __call__(self, x: Float[Array, " d"]) -> Float[Array, ""]:
        """Q(x)."""
        cos, sin = jnp.cos(_ANGLE), jnp.sin(_ANGLE)

        def wall(a: float, b: float, side: float) -> Array:
            u, v = x[0] - a, x[1] - b
            across, along = cos * u + sin * v, cos * v - sin * u
            return jnp.maximum(-(5 * across**2 + side * 2 * along + 1), 0)

        return self.height * (wall(-2.0, 0.5, 1.0) + wall(2.0, -0.5, -1.0))


def two_diagonals(d: int = 2) -> Environment:
    """From (-2, -2) to (2, 2) at a speed of at most 8 between two walls, nu = 0.4, without company [@lin2021].

    Args:
        d: dimensions; only the first two have walls and a target.

    Example:
        >>> two_diagonals().nu
        0.4
    """
    mean = jnp.zeros(d).at[:2].set(-2.0)
    return Environment(
        Gaussian.isotropic(mean, 0.1),
        Distance(1.0, jnp.array([2.0, 2.0]), (0, 1)),
        LimitedSpeed(8.0),
        TwoWalls(5.0),
        nothing,
        nu=0.4,
        horizon=1.0,
    )
