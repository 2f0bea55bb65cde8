"""Implicit Euler by one Newton step, for stiff fields of many unknowns."""

from typing import ClassVar

import jax
import jax.numpy as jnp
from jaxtyping import Array, PyTree

from .schemes import AbstractScheme, Slope


class ImplicitEuler(AbstractScheme):
    """The linearly implicit Euler scheme, x + (I - h J)^-1 h f(t + h, x) with J = df/dx at x [@hairer1996]. Order 1.

    It is one Newton step for `x' = x + h f(t + h, x')`, which solves that equation for a linear field, such as
    diffusion, up to the tolerance. No matrix is built: BiCGSTAB works with products J v, and derivatives pass through
    by the equation.

    Args:
        tolerance: of the residual, relative to h f.
        iterations: at most so many; what is reached by then is taken.

    Example:
        >>> from wellposed.dynamics import Flow
        >>> stiff = lambda t, x, args: -1000 * x
        >>> bool(abs(Flow(stiff, ImplicitEuler(), steps=10)(1.0)) < 1e-9)
        True

    When it fails: BiCGSTAB says nothing where it breaks down or runs out of iterations, and neither does the step,
    whose state is then wrong. Stiffness, a large h |J|, makes that likelier. Compare with more iterations, or with
    half the step.
    """

    order: ClassVar[int] = 1
    stages: ClassVar[int] = 1
    tolerance: float = 1e-6
    iterations: int = 100

    def step(self, f: Slope, t: Array, h: Array, x: PyTree[Array]) -> PyTree[Array]:
        """The state at t + h from the state x at t."""
        slope, push = jax.linearize(lambda y: f(t + h, y), x)

        def matrix(d: PyTree[Array]) -> PyTree[Array]:
            return jax.tree.map(lambda a, b: a - h.astype(a.dtype) * b, d, push(d))

        right = jax.tree.map(lambda k: h.astype(k.dtype) * k, slope)
        size = _size(right)  # the solver squares what it is given, which must not underflow near a state of rest
        change, _ = jax.scipy.sparse.linalg.bicgstab(
            matrix,
            jax.tree.map(lambda b: b / size.astype(b.dtype), right),
            tol=self.tolerance,
            atol=0.0,
            maxiter=self.iterations,
        )
        return jax.tree.map(lambda a, d: a + size.astype(d.dtype) * d, x, change)

    def back(self, f: Slope, t: Array, h: Array, x: PyTree[Array]) -> PyTree[Array]:
        """A step of -h from t + h."""
        return self.step(f, t + h, -h, x)


def _size(x: PyTree[Array]) -> Array:
    """The largest magnitude; 1 where all is zero. The solution does not depend on it, so no derivative passes."""
    most = jnp.max(jnp.stack([jnp.max(jnp.abs(leaf), initial=0) for leaf in jax.tree.leaves(x)]))
    return jax.lax.stop_gradient(jnp.where(most > 0, most, 1))
