"""The network without skips, as the flow that it also is."""

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from ..architectures.weights import normal
from ..flow import Flow
from ..piecewise import Piecewise
from ..schemes import Euler


class NetLayer(eqx.Module):
    """dx/dt = depth (tanh(K x + b) - x), whose Euler step of 1 / depth is x <- tanh(K x + b) [@benning2019].

    Args:
        weight: K.
        bias: b.
        depth: the number of layers.

    Example:
        >>> layer = NetLayer(jnp.eye(1), jnp.zeros(1), depth=2)
        >>> layer(0.0, jnp.array([20.0]), None)
        Array([-38.], dtype=float32)
    """

    weight: Float[Array, "width width"]
    bias: Float[Array, " width"]
    depth: int = eqx.field(static=True)

    def __call__(self, t: object, x: Float[Array, " width"], args: object) -> Float[Array, " width"]:
        """dx/dt."""
        return self.depth * (jnp.tanh(self.weight @ x + self.bias) - x)


def net(width: int, depth: int, key: Key[Array, ""]) -> Flow:
    """The plain network x_{k+1} = tanh(K_k x_k + b_k), the paper's "Net" with alpha = 0 [@benning2019].

    It is no discretisation of one differential equation as the depth grows, and stands beside those that are.

    Args:
        width: length of the state.
        depth: number of layers.
        key: of the random weights.

    Returns:
        A flow of states of shape `(width,)`.

    Example:
        >>> import jax
        >>> flow = net(2, 1, jax.random.key(0))
        >>> layer, x = flow.field_at(0), jnp.ones(2)
        >>> bool(jnp.allclose(flow(x), jnp.tanh(layer.weight @ x)))
        True

    When it fails: deep ones hardly train, since each layer contracts.
    """
    build = lambda key: NetLayer(normal(key, width, width), jnp.zeros(width), depth)
    return Flow(Piecewise.stacked(build, depth, key), Euler(), steps=depth)
