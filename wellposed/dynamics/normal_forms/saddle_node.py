"""The saddle-node: two equilibria meet and vanish."""

from typing import ClassVar

import numpy as np
from jaxtyping import Array, Float

from .form import NormalForm


class SaddleNode(NormalForm):
    """dz/dt = beta + z^2 [@guckenheimer1983]: equilibria z = -+sqrt(-beta), the first stable, until beta = 0.

    Example:
        >>> SaddleNode().equilibria(-4.0).ravel(), len(SaddleNode().equilibria(1.0))
        (array([-2.,  2.]), 0)
    """

    name: ClassVar[str] = "saddle-node"
    dimension: ClassVar[int] = 1
    terms: ClassVar[tuple[str, ...]] = ("beta + z^2",)

    def __call__(self, z: Float[Array, " d"], beta: Float[Array, ""]) -> Float[Array, " d"]:
        """f(z, beta)."""
        return beta + z**2

    def equilibria(self, beta: float) -> Float[np.ndarray, "m d"]:
        """The two equilibria, or none."""
        return np.sqrt(-beta) * np.array([[-1.0], [1.0]]) if beta <= 0 else np.empty((0, 1))
