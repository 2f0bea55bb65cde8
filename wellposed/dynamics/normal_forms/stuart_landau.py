"""The Hopf bifurcation whose frequency changes with the amplitude."""

from collections.abc import Sequence
from typing import ClassVar

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, ArrayLike, Float

from .form import NormalForm

_FLAT = 1e-6
_STEEPEST = 60.0  # of exponents, which single precision still holds


class StuartLandau(NormalForm):
    """The supercritical Hopf bifurcation [@stuart1960] with a shear c, which is learned with the coordinates.

        dr/dt = r (beta - r^2),   d theta/dt = 1 + c (beta - r^2),   c = c_0 + c_1 beta + ...

    On the circle of radius sqrt(beta) it turns by one radian in a unit of time, as `Hopf` does, but a small oscillation
    turns by 1 + c beta: no smooth coordinates of the plane take this difference away where beta > 0. In the equation
    dA/dt = s A - l |A|^2 A of a wake, c is Im(l) / Re(l), near -3 for a cylinder ([@dusek1994]).

    Args:
        c: the coefficients of the shear from which training begins, or one number; the default learns two.

    Example:
        >>> form = StuartLandau(-3.0)
        >>> z = jnp.asarray([0.1, 0.0])
        >>> [abs(round(float(v), 4)) for v in form(z, jnp.asarray(0.01))]
        [0.0, 0.1]
    """

    c: Float[Array, " coefficients"]
    name: ClassVar[str] = "Hopf"
    dimension: ClassVar[int] = 2
    terms: ClassVar[tuple[str, ...]] = (
        "(beta - z1^2 - z2^2) (z1 - c z2) - z2",
        "(beta - z1^2 - z2^2) (z2 + c z1) + z1",
    )

    def __init__(self, c: ArrayLike | Sequence[float] = (0.0, 0.0)):
        self.c = jnp.atleast_1d(jnp.asarray(c, float))

    def __call__(self, z: Float[Array, " d"], beta: Float[Array, ""]) -> Float[Array, " d"]:
        """f(z, beta)."""
        growth = beta - jnp.sum(z**2)
        return growth * z + (1.0 + self._shear(beta) * growth) * jnp.stack([-z[1], z[0]])

    def solution(self, z0: Float[Array, " d"], beta: Float[Array, ""], ts: Float[Array, " m"]) -> Float[Array, "m d"]:
        """The growth of r^2 is logistic, and d theta = dt + c d(log r).

        (r_0 / r)^2 = exp(-2 beta t) + r_0^2 (1 - exp(-2 beta t)) / beta,   theta = theta_0 + t + c log(r / r_0)
        """
        decay = jnp.clip(-2.0 * beta * ts, -_STEEPEST, _STEEPEST)
        flat = jnp.abs(beta) < _FLAT  # where (exp(y) - 1) / y is 1 + y / 2 to single precision
        safe = jnp.where(flat, 1.0, beta)
        grown = jnp.where(flat, 2.0 * ts * (1.0 + decay / 2), -jnp.expm1(decay) / safe)
        ratio = -0.5 * jnp.log(jnp.exp(decay) + jnp.sum(z0**2) * grown)
        turn = ts + self._shear(beta) * ratio
        cos, sin = jnp.exp(ratio) * jnp.cos(turn), jnp.exp(ratio) * jnp.sin(turn)
        return jnp.stack([cos * z0[0] - sin * z0[1], sin * z0[0] + cos * z0[1]], axis=-1)

    def _shear(self, beta: Float[Array, ""]) -> Float[Array, ""]:
        return jnp.polyval(self.c[::-1], beta)

    def equilibria(self, beta: float) -> Float[np.ndarray, "m d"]:
        """Zero."""
        del beta
        return np.zeros((1, 2))

    def cycle(self, beta: float) -> float | None:
        """The radius of the limit cycle."""
        return float(np.sqrt(beta)) if beta > 0 else None
