"""The Hopf bifurcation: an equilibrium begins to oscillate."""

from typing import ClassVar

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from .form import NormalForm


class Hopf(NormalForm):
    """The supercritical Hopf bifurcation [@guckenheimer1983], which turns by one radian in a unit of time.

        dz1/dt = beta z1 - z2 - z1 (z1^2 + z2^2),   dz2/dt = z1 + beta z2 - z2 (z1^2 + z2^2)

    Zero is stable until beta = 0; beyond, the circle of radius sqrt(beta) is.

    Example:
        >>> Hopf().cycle(4.0), Hopf().cycle(-1.0)
        (2.0, None)
    """

    name: ClassVar[str] = "Hopf"
    dimension: ClassVar[int] = 2
    terms: ClassVar[tuple[str, ...]] = ("beta z1 - z2 - z1 (z1^2 + z2^2)", "z1 + beta z2 - z2 (z1^2 + z2^2)")

    def __call__(self, z: Float[Array, " d"], beta: Float[Array, ""]) -> Float[Array, " d"]:
        """f(z, beta)."""
        return (beta - jnp.sum(z**2)) * z + jnp.stack([-z[1], z[0]])

    def equilibria(self, beta: float) -> Float[np.ndarray, "m d"]:
        """Zero."""
        del beta
        return np.zeros((1, 2))

    def cycle(self, beta: float) -> float | None:
        """The radius of the limit cycle."""
        return float(np.sqrt(beta)) if beta > 0 else None
