"""The transcritical bifurcation: two equilibria exchange their stability."""

from typing import ClassVar

import numpy as np
from jaxtyping import Array, Float

from .form import NormalForm


class Transcritical(NormalForm):
    """dz/dt = z (beta - z) [@guckenheimer1983]: z = 0 is stable for beta < 0, z = beta for beta > 0.

    Example:
        >>> [Transcritical().stable(z, 1.0) for z in Transcritical().equilibria(1.0)]
        [False, True]
    """

    name: ClassVar[str] = "transcritical"
    dimension: ClassVar[int] = 1
    terms: ClassVar[tuple[str, ...]] = ("beta z - z^2",)

    def __call__(self, z: Float[Array, " d"], beta: Float[Array, ""]) -> Float[Array, " d"]:
        """f(z, beta)."""
        return z * (beta - z)

    def equilibria(self, beta: float) -> Float[np.ndarray, "m d"]:
        """Zero, and the branch that crosses it."""
        return np.array([[0.0], [beta]])
