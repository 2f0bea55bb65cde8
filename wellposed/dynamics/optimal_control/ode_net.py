"""ODENet: a residual network that learns its own time steps."""

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from ..architectures.weights import normal
from ..flow import Flow
from ..piecewise import Piecewise
from ..schemes import AbstractScheme, Euler


class ODENetLayer(eqx.Module):
    """dx/dt = depth h tanh(K x + b): over an interval of 1 / depth it moves as tanh(K x + b) does in a time h.

    So learned time steps h_k are a field on [0, 1], and every scheme of a `Flow` takes them [@benning2019].

    Args:
        weight: K.
        bias: b.
        h: the length of the step.
        depth: the number of layers.

    Example:
        >>> layer = ODENetLayer(jnp.eye(1), jnp.zeros(1), jnp.array(0.25), depth=2)
        >>> layer(0.0, jnp.array([20.0]), None)
        Array([0.5], dtype=float32)
    """

    weight: Float[Array, "width width"]
    bias: Float[Array, " width"]
    h: Float[Array, ""]
    depth: int = eqx.field(static=True)

    def __call__(self, t: object, x: Float[Array, " width"], args: object) -> Float[Array, " width"]:
        """dx/dt."""
        return self.depth * self.h * jnp.tanh(self.weight @ x + self.bias)


def ode_net(width: int, depth: int, key: Key[Array, ""], solver: AbstractScheme | None = None) -> Flow:
    """ODENet, x_{k+1} = x_k + h_k tanh(K_k x_k + b_k) with learned h_k that start at 1 / depth [@benning2019].

    Args:
        width: length of the state.
        depth: number of layers.
        key: of the random weights.
        solver: the scheme, Euler's by default; another has several stages in each layer.

    Returns:
        A flow of states of shape `(width,)`; the time steps are `flow.field.layers.h`. Trained with
        `kept_in_simplex`, they stay at least 0 and sum to 1.

    Example:
        >>> import jax
        >>> ode_net(2, 4, jax.random.key(0)).field.layers.h.tolist()
        [0.25, 0.25, 0.25, 0.25]

    When it fails: a free h_k may become negative, a step back in time, or so large that the network is no
        discretisation of anything.
    """
    build = lambda key: ODENetLayer(normal(key, width, width), jnp.zeros(width), jnp.full((), 1 / depth), depth)
    return Flow(Piecewise.stacked(build, depth, key), solver or Euler(), steps=depth)
