"""The Hopf bifurcation whose frequency changes with the amplitude."""

from typing import ClassVar

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, ArrayLike, Float

from .form import NormalForm


class StuartLandau(NormalForm):
    """The supercritical Hopf bifurcation [@stuart1960] with a shear c, which is learned with the coordinates.

        dr/dt = r (beta - r^2),   d theta/dt = 1 + c (beta - r^2)

    On the circle of radius sqrt(beta) it turns by one radian in a unit of time, as `Hopf` does, but a small oscillation
    turns by 1 + c beta: no smooth coordinates of the plane take this difference away where beta > 0. In the equation
    dA/dt = s A - l |A|^2 A of a wake, c is Im(l) / Re(l), near -3 for a cylinder ([@dusek1994]).

    Args:
        c: the shear from which training begins.

    Example:
        >>> form = StuartLandau(-3.0)
        >>> z = jnp.asarray([0.1, 0.0])
        >>> [abs(round(float(v), 4)) for v in form(z, jnp.asarray(0.01))]
        [0.0, 0.1]
    """

    c: Float[Array, ""]
    name: ClassVar[str] = "Hopf"
    dimension: ClassVar[int] = 2
    terms: ClassVar[tuple[str, ...]] = (
        "(beta - z1^2 - z2^2) (z1 - c z2) - z2",
        "(beta - z1^2 - z2^2) (z2 + c z1) + z1",
    )

    def __init__(self, c: ArrayLike = 0.0):
        self.c = jnp.asarray(c, float)

    def __call__(self, z: Float[Array, " d"], beta: Float[Array, ""]) -> Float[Array, " d"]:
        """f(z, beta)."""
        growth = beta - jnp.sum(z**2)
        return growth * z + (1.0 + self.c * growth) * jnp.stack([-z[1], z[0]])

    def equilibria(self, beta: float) -> Float[np.ndarray, "m d"]:
        """Zero."""
        del beta
        return np.zeros((1, 2))

    def cycle(self, beta: float) -> float | None:
        """The radius of the limit cycle."""
        return float(np.sqrt(beta)) if beta > 0 else None
