"""What a normal form is."""

import abc
from typing import ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float


class NormalForm(eqx.Module):
    """The simplest equation dz/dt = f(z, beta) with a bifurcation, which is at z = 0, beta = 0.

    A normal form of your own says its dimension, its right-hand sides as text, f, and its equilibria; stability
    follows from the Jacobian of f. The same f may be stretched in time: dz/dt = f(z, beta) / tau^2.

    Attributes:
        name: what it is called.
        dimension: of z.
        terms: the right-hand side of each component as text.

    Example:
        >>> class Cusp(NormalForm):
        ...     name, dimension, terms = "cusp", 1, ("beta + z - z^3",)
        ...     def __call__(self, z, beta):
        ...         return beta + z - z**3
        ...     def equilibria(self, beta):
        ...         roots = np.roots([-1.0, 0.0, 1.0, beta])
        ...         return np.sort(np.real(roots[np.abs(np.imag(roots)) < 1e-9]))[:, None]
        >>> [bool(Cusp().stable(z, 0.0)) for z in Cusp().equilibria(0.0)]
        [True, False, True]
    """

    name: ClassVar[str]
    dimension: ClassVar[int]
    terms: ClassVar[tuple[str, ...]]

    @abc.abstractmethod
    def __call__(self, z: Float[Array, " d"], beta: Float[Array, ""]) -> Float[Array, " d"]:
        """f(z, beta)."""

    @abc.abstractmethod
    def equilibria(self, beta: float) -> Float[np.ndarray, "m d"]:
        """All z with f(z, beta) = 0, in an order in which each branch keeps its place."""

    def cycle(self, beta: float) -> float | None:
        """The radius of the limit cycle about z = 0, where there is one."""
        del beta
        return None

    def solution(
        self, z0: Float[Array, " d"], beta: Float[Array, ""], ts: Float[Array, " m"]
    ) -> Float[Array, "m d"] | None:
        """z at the times ts after z0, for a form that knows it in closed form: training is then several times faster.

        None, which is the default, stands for steps of Runge-Kutta.
        """
        del z0, beta, ts
        return None

    def stable(self, z: Float[np.ndarray, " d"], beta: float) -> bool:
        """Whether small distances from an equilibrium decay: no eigenvalue of df/dz has a real part of 0 or more."""
        jacobian = jax.jacfwd(self)(jnp.asarray(z, jnp.float32), jnp.float32(beta))
        return bool(np.max(np.real(np.linalg.eigvals(np.asarray(jacobian)))) < 0)
