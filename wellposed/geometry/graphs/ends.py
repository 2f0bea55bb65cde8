"""What a deep network on a graph does before its layers and after them."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from .features import Features, dropout, glorot, project


class Ends(eqx.Module):
    """The encoder X(0) = F W_e + b_e and the decoder Y = relu(X(T)) W_d + b_d, with dropout of F and of relu(X(T)).

    Args:
        inputs: features of a node.
        width: of the state between them.
        outputs: numbers at each node.
        input_rate: of dropout of the features.
        rate: of dropout before the last product.
        keys: of the initial weights of the two.

    Example:
        >>> ends = Ends(3, 8, 2, keys=tuple(jax.random.split(jax.random.key(0))))
        >>> ends.decoded(ends.encoded(jnp.ones((5, 3)))).shape
        (5, 2)
    """

    encoder: tuple[Float[Array, "inputs width"], Float[Array, " width"]]
    decoder: tuple[Float[Array, "width outputs"], Float[Array, " outputs"]]
    input_rate: float = eqx.field(static=True)
    rate: float = eqx.field(static=True)

    def __init__(
        self,
        inputs: int,
        width: int,
        outputs: int,
        input_rate: float = 0.0,
        rate: float = 0.0,
        *,
        keys: tuple[Key[Array, ""], Key[Array, ""]],
    ):
        self.encoder = glorot(keys[0], (inputs, width)), jnp.zeros(width)
        self.decoder = glorot(keys[1], (width, outputs)), jnp.zeros(outputs)
        self.input_rate, self.rate = input_rate, rate

    def dropped(self, x: Features, key: Key[Array, ""] | None) -> Features:
        """The features that a training step sees."""
        return dropout(x, self.input_rate, key)

    def encoded(self, x: Features, skip: int = 0) -> Float[Array, "nodes channels"]:
        """X(0), without its first `skip` channels."""
        weight, bias = self.encoder
        return project(weight[:, skip:], x) + bias[None, skip:]

    def decoded(
        self, end: Float[Array, "nodes width"], key: Key[Array, ""] | None = None
    ) -> Float[Array, "nodes outputs"]:
        """Y from X(T)."""
        weight, bias = self.decoder
        return dropout(jax.nn.relu(end), self.rate, key) @ weight + bias[None]
