"""The residual network as the explicit Euler flow of its layers."""

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from ..flow import Flow
from ..piecewise import Piecewise
from ..schemes import AbstractScheme, Euler
from .weights import Activation, activated, normal


class ResNetLayer(eqx.Module):
    """The field of a residual layer, dx/dt = sigma(K x + b) [@he2016] [@haber2018].

    Its Jacobian diag(sigma') K has whatever eigenvalues K gives it: nothing keeps the flow stable.

    Args:
        weight: K.
        bias: b.
        activation: sigma.

    Example:
        >>> layer = ResNetLayer(jnp.eye(2), jnp.zeros(2))
        >>> layer(0.0, jnp.array([0.0, 10.0]), None).round(3)
        Array([0., 1.], dtype=float32)
    """

    weight: Float[Array, "width width"]
    bias: Float[Array, " width"]
    activation: Activation = eqx.field(static=True, default="tanh")

    def __call__(self, t: object, x: Float[Array, " width"], args: object) -> Float[Array, " width"]:
        """dx/dt."""
        return activated(self.activation, self.weight @ x + self.bias)


def resnet(
    width: int,
    depth: int,
    key: Key[Array, ""],
    t1: float = 1.0,
    solver: AbstractScheme | None = None,
    activation: Activation = "tanh",
) -> Flow:
    """A residual network, x_{k+1} = x_k + h sigma(K_k x_k + b_k) with h = t1 / depth [@he2016] [@haber2018].

    Args:
        width: length of the state.
        depth: number of layers, and of steps.
        key: of the random weights.
        t1: the end of the interval.
        solver: the scheme, Euler's by default; another makes several stages of each layer.
        activation: sigma.

    Returns:
        A flow of states of shape `(width,)`.

    Example:
        >>> import jax
        >>> resnet(4, 10, jax.random.key(0))(jnp.ones(4)).shape
        (4,)

    When it fails: it promises no law. Its eigenvalues may have large positive real parts, where the output
        explodes with t1, or large negative ones, where the input is forgotten.
    """
    build = lambda key: ResNetLayer(normal(key, width, width), jnp.zeros(width), activation)
    return Flow(Piecewise.stacked(build, depth, key, 0.0, t1), solver or Euler(), t1=t1, steps=depth)
