"""The Hamiltonian-inspired network of two coupled halves, stepped by Störmer-Verlet."""

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from ..flow import Flow
from ..piecewise import Piecewise
from ..schemes import Verlet, halves
from .weights import Activation, activated, half, normal


class HamiltonianLayer(eqx.Module):
    """dy/dt = sigma(K z + b), dz/dt = -sigma(K' y + b) [@haber2018].

    "Inspired", since sigma(K z + b) is no gradient unless K is symmetric. It keeps the volume, and the
    eigenvalues of its Jacobian are imaginary for an increasing sigma.

    Args:
        weight: K.
        bias: b.
        activation: sigma.

    Shapes:
        The state is y and then z, each of half the width.

    Example:
        >>> layer = HamiltonianLayer(jnp.array([[1.0]]), jnp.zeros(1), "relu")
        >>> layer(0.0, jnp.array([2.0, 3.0]), None)
        Array([ 3., -2.], dtype=float32)
    """

    weight: Float[Array, "half half"]
    bias: Float[Array, " half"]
    activation: Activation = eqx.field(static=True, default="tanh")

    def __call__(self, t: object, x: Float[Array, " width"], args: object) -> Float[Array, " width"]:
        """dx/dt."""
        y, z = halves(x)
        dy = activated(self.activation, self.weight @ z + self.bias)
        dz = -activated(self.activation, self.weight.T @ y + self.bias)
        return jnp.concatenate([dy, dz])


def hamiltonian(width: int, depth: int, key: Key[Array, ""], t1: float = 1.0, activation: Activation = "tanh") -> Flow:
    """A Hamiltonian-inspired network by Störmer-Verlet: invertible to rounding, and it keeps volumes [@haber2018].

    Since det d x_N / d x_k = 1 at every depth, no gradient norm falls below 1.

    Args:
        width: length of the state, even.
        depth: number of layers, and of steps.
        key: of the random weights.
        t1: the end of the interval.
        activation: sigma.

    Returns:
        A flow of states of shape `(width,)`.

    Raises:
        ValueError: if the width is odd.

    Example:
        >>> import jax
        >>> from wellposed.dynamics import invertibility_error
        >>> bool(invertibility_error(hamiltonian(4, 50, jax.random.key(0), t1=5.0), jnp.ones(4)) < 1e-5)
        True

    When it fails: steps h with h |K| of 2 or more are unstable, though still invertible.
    """
    size = half(width, "hamiltonian")
    build = lambda key: HamiltonianLayer(normal(key, size, size), jnp.zeros(size), activation)
    return Flow(Piecewise.stacked(build, depth, key, 0.0, t1), Verlet(), t1=t1, steps=depth)
