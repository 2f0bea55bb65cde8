"""Layers of neurons, each fully connected to the next."""

from collections.abc import Callable, Sequence

import equinox as eqx
import jax
from jaxtyping import Array, Float, Key


class Perceptron(eqx.Module):
    """The multilayer perceptron `v -> W_k a(... a(W_1 v + b_1) ...) + b_k` with layers of any widths.

    Args:
        widths: of the input, the hidden layers and the output.
        activation: a, between the layers.
        key: of the initial weights.
        gain: factor of the last layer's initial weights; 0.01 begins close to zero, for a correction to something.

    Shapes:
        `(widths[0],) -> (widths[-1],)`.

    Example:
        >>> import jax, jax.numpy as jnp
        >>> Perceptron((64, 32, 16, 2), jnp.tanh, key=jax.random.key(0))(jnp.ones(64)).shape
        (2,)
    """

    layers: tuple[eqx.nn.Linear, ...]
    activation: Callable[[Array], Array] = eqx.field(static=True)

    def __init__(
        self, widths: Sequence[int], activation: Callable[[Array], Array], *, key: Key[Array, ""], gain: float = 1.0
    ):
        if len(widths) < 2 or min(widths) < 1:
            raise ValueError(f"Perceptron expects at least two positive widths, got {tuple(widths)}.")
        keys = jax.random.split(key, len(widths) - 1)
        *hidden, last = (eqx.nn.Linear(m, n, key=k) for m, n, k in zip(widths, widths[1:], keys, strict=False))
        last = eqx.tree_at(lambda layer: (layer.weight, layer.bias), last, replace_fn=lambda leaf: gain * leaf)
        self.layers, self.activation = (*hidden, last), activation

    def __call__(self, v: Float[Array, " inputs"]) -> Float[Array, " outputs"]:
        """One sample."""
        for layer in self.layers[:-1]:
            v = self.activation(layer(v))
        return self.layers[-1](v)
