"""The pitchfork: a symmetric equilibrium gives birth to two."""

from typing import ClassVar

import numpy as np
from jaxtyping import Array, Float

from .form import NormalForm


class Pitchfork(NormalForm):
    """dz/dt = beta z - z^3 [@guckenheimer1983]: z = 0 is stable until beta = 0, and z = -+sqrt(beta) beyond.

    Example:
        >>> Pitchfork().equilibria(4.0).ravel(), len(Pitchfork().equilibria(-1.0))
        (array([ 0., -2.,  2.]), 1)
    """

    name: ClassVar[str] = "pitchfork"
    dimension: ClassVar[int] = 1
    terms: ClassVar[tuple[str, ...]] = ("beta z - z^3",)

    def __call__(self, z: Float[Array, " d"], beta: Float[Array, ""]) -> Float[Array, " d"]:
        """f(z, beta)."""
        return z * (beta - z**2)

    def equilibria(self, beta: float) -> Float[np.ndarray, "m d"]:
        """Zero, and the two tines where they are."""
        tines = np.sqrt(beta) * np.array([[0.0], [-1.0], [1.0]]) if beta > 0 else np.zeros((1, 1))
        return tines + 0.0
