"""PointNet: each vertex by itself, and the largest value of all."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from wellposed.nn import Perceptron

from ..surface import Hierarchy


class PointNet(eqx.Module):
    """y_p = f(g(x_p), max_q h(g(x_q))) with perceptrons at each vertex: no neighbours, no faces [@qi2017].

    Args:
        inputs: numbers at each vertex.
        channels: of the hidden layers.
        outputs: numbers at each vertex.
        key: of the initial weights.

    Shapes:
        `(vertices, inputs) -> (vertices, outputs)`.
    """

    local: Perceptron
    summary: Perceptron
    answer: Perceptron

    def __init__(self, inputs: int, channels: int, outputs: int = 3, *, key: Key[Array, ""]):
        keys = jax.random.split(key, 3)
        self.local = Perceptron((inputs, channels, channels), jax.nn.relu, key=keys[0])
        self.summary = Perceptron((channels, channels, 4 * channels), jax.nn.relu, key=keys[1])
        self.answer = Perceptron((5 * channels, 2 * channels, channels, outputs), jax.nn.relu, key=keys[2])

    def __call__(self, x: Float[Array, "vertices inputs"], hierarchy: Hierarchy) -> Float[Array, "vertices outputs"]:
        """One surface, of which only the real vertices count."""
        g = jax.nn.relu(jax.vmap(self.local)(x))
        h = jax.vmap(self.summary)(g)
        most = jnp.where(hierarchy.finest.real[:, None], h, -jnp.inf).max(0)
        everywhere = jnp.broadcast_to(most[None], (len(x), len(most)))
        return jax.vmap(self.answer)(jnp.concatenate([g, everywhere], axis=1))
