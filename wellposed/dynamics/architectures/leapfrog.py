"""The hyperbolic network: a nonlinear wave equation by the leapfrog."""

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float, Key, Scalar

from ..flow import Flow
from ..piecewise import Piecewise
from ..schemes import Verlet, halves
from .weights import half, normal


class LeapfrogLayer(eqx.Module):
    """d2y/dt2 = -K' tanh(K y + b), the telegraph or wave equation of a network [@ruthotto2020].

    As a system in y and v = dy/dt it has the Hamiltonian |v|^2 / 2 + sum log cosh(K y + b).

    Args:
        weight: K.
        bias: b.

    Shapes:
        The state is y and then v, each of half the width.

    Example:
        >>> LeapfrogLayer(jnp.array([[1.0]]), jnp.zeros(1))(0.0, jnp.array([20.0, 3.0]), None)
        Array([ 3., -1.], dtype=float32)
    """

    weight: Float[Array, "rows half"]
    bias: Float[Array, " rows"]

    def __call__(self, t: object, x: Float[Array, " width"], args: object) -> Float[Array, " width"]:
        """dx/dt."""
        y, v = halves(x)
        return jnp.concatenate([v, -self.weight.T @ jnp.tanh(self.weight @ y + self.bias)])

    def energy(self, x: Float[Array, " width"]) -> Scalar:
        """|v|^2 / 2 + sum log cosh(K y + b), which the flow of this layer keeps."""
        y, v = halves(x)
        u = self.weight @ y + self.bias
        return v @ v / 2 + jnp.sum(jnp.logaddexp(u, -u) - jnp.log(2.0))


def leapfrog(width: int, depth: int, key: Key[Array, ""], t1: float = 1.0) -> Flow:
    """A hyperbolic network, y_{k+1} = 2 y_k - y_{k-1} - h^2 K' tanh(K y_k + b) [@ruthotto2020].

    The steps are Störmer-Verlet's, which are that recurrence with the velocities beside: symplectic, invertible
    to rounding and, for layers that are all alike, reversible by a change of sign of the velocities.

    Args:
        width: length of the state, even: half of it are velocities.
        depth: number of layers, and of steps.
        key: of the random weights.
        t1: the end of the interval.

    Returns:
        A flow of states of shape `(width,)`.

    Raises:
        ValueError: if the width is odd.

    Example:
        >>> import jax
        >>> from wellposed.dynamics import symplecticity_error
        >>> bool(symplecticity_error(leapfrog(4, 50, jax.random.key(0), t1=5.0), jnp.ones(4)) < 1e-4)
        True

    When it fails: steps h with h |K| of 2 or more are unstable.
    """
    size = half(width, "leapfrog")
    build = lambda key: LeapfrogLayer(normal(key, size, size), jnp.zeros(size))
    return Flow(Piecewise.stacked(build, depth, key, 0.0, t1), Verlet(), t1=t1, steps=depth)
