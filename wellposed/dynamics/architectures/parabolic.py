"""The parabolic network: a nonlinear heat equation."""

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from ..flow import Flow
from ..piecewise import Piecewise
from ..schemes import AbstractScheme, Euler
from .weights import Activation, activated, normal


class ParabolicLayer(eqx.Module):
    """dx/dt = -K' sigma(K x + b), heat-like [@ruthotto2020].

    For an increasing sigma the Jacobian -K' diag(sigma') K is symmetric and has no positive eigenvalue: two
    solutions never move apart.

    Args:
        weight: K, of any number of rows.
        bias: b.
        activation: sigma.

    Example:
        >>> ParabolicLayer(jnp.array([[2.0]]), jnp.zeros(1), "relu")(0.0, jnp.array([3.0]), None)
        Array([-12.], dtype=float32)
    """

    weight: Float[Array, "rows width"]
    bias: Float[Array, " rows"]
    activation: Activation = eqx.field(static=True, default="tanh")

    def __call__(self, t: object, x: Float[Array, " width"], args: object) -> Float[Array, " width"]:
        """dx/dt."""
        return -self.weight.T @ activated(self.activation, self.weight @ x + self.bias)


def parabolic(
    width: int,
    depth: int,
    key: Key[Array, ""],
    t1: float = 1.0,
    solver: AbstractScheme | None = None,
    activation: Activation = "tanh",
) -> Flow:
    """A parabolic network, x_{k+1} = x_k - h K_k' sigma(K_k x_k + b_k): it brings no two points apart [@ruthotto2020].

    Args:
        width: length of the state.
        depth: number of layers, and of steps.
        key: of the random weights.
        t1: the end of the interval.
        solver: the scheme, Euler's by default.
        activation: sigma, an increasing function.

    Returns:
        A flow of states of shape `(width,)`.

    Example:
        >>> import jax
        >>> from wellposed.dynamics import stability
        >>> bool((stability(parabolic(4, 10, jax.random.key(0)), jnp.ones(4)).logarithmic_norm < 1e-5).all())
        True

    When it fails: an explicit step keeps the law only for h |K|^2 <= 2; and since it contracts, its inverse is
        ill-posed and its gradients vanish with depth.
    """
    build = lambda key: ParabolicLayer(normal(key, width, width), jnp.zeros(width), activation)
    return Flow(Piecewise.stacked(build, depth, key, 0.0, t1), solver or Euler(), t1=t1, steps=depth)
