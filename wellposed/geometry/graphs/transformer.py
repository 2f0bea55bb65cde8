"""A transformer: attention on the complete graph."""

import math

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from wellposed.nn import Perceptron

from .features import glorot


class TransformerBlock(eqx.Module):
    """x + MHA(LN x), then x + MLP(LN x): the attentional flavour where everyone is everyone's neighbour [@vaswani2017].

    Without positions it moves with a permutation of the elements.

    Args:
        width: numbers of an element.
        heads: how many; they divide the width.
        key: of the initial weights.

    Shapes:
        `(elements, width) -> (elements, width)`.

    Example:
        >>> TransformerBlock(8, 2, key=jax.random.key(0))(jnp.ones((5, 8))).shape
        (5, 8)
    """

    query: Float[Array, "width heads each"]
    key: Float[Array, "width heads each"]
    value: Float[Array, "width heads each"]
    joined: Float[Array, "heads each width"]
    perceptron: Perceptron
    norms: tuple[eqx.nn.LayerNorm, eqx.nn.LayerNorm]

    def __init__(self, width: int, heads: int, *, key: Key[Array, ""]):
        if width % heads:
            raise ValueError(f"TransformerBlock expects a width that {heads} heads divide, got {width}.")
        keys = jax.random.split(key, 5)
        shape = (width, heads, width // heads)
        self.query, self.key, self.value = (glorot(k, shape) for k in keys[:3])
        self.joined = glorot(keys[3], (width, width)).reshape(heads, width // heads, width)
        self.perceptron = Perceptron((width, 4 * width, width), jax.nn.gelu, key=keys[4])
        self.norms = (eqx.nn.LayerNorm(width), eqx.nn.LayerNorm(width))

    def __call__(self, x: Float[Array, "elements width"]) -> Float[Array, "elements width"]:
        """One set."""
        h = jax.vmap(self.norms[0])(x)
        q, k, v = (jnp.tensordot(h, w, 1) for w in (self.query, self.key, self.value))  # (elements, heads, each)
        scores = jnp.einsum("ihe,jhe->hij", q, k) / math.sqrt(q.shape[-1])
        heard = jnp.einsum("hij,jhe->ihe", jax.nn.softmax(scores, axis=-1), v)  # in the precision of x, as laws ask
        x = x + jnp.tensordot(heard, self.joined, 2)
        return x + jax.vmap(self.perceptron)(jax.vmap(self.norms[1])(x))


class Transformer(eqx.Module):
    """Blocks on the complete graph between two linear maps.

    Args:
        inputs: numbers of an element.
        width: of the blocks.
        outputs: numbers of an element.
        blocks: how many.
        heads: of each.
        key: of the initial weights.

    Shapes:
        `(elements, inputs) -> (elements, outputs)`.

    Example:
        >>> Transformer(3, 8, 2, key=jax.random.key(0))(jnp.ones((5, 3))).shape
        (5, 2)
    """

    first: eqx.nn.Linear
    blocks: tuple[TransformerBlock, ...]
    last: eqx.nn.Linear

    def __init__(self, inputs: int, width: int, outputs: int, blocks: int = 2, heads: int = 4, *, key: Key[Array, ""]):
        keys = jax.random.split(key, blocks + 2)
        self.first = eqx.nn.Linear(inputs, width, key=keys[0])
        self.blocks = tuple(TransformerBlock(width, heads, key=k) for k in keys[2:])
        self.last = eqx.nn.Linear(width, outputs, key=keys[1])

    def __call__(self, x: Float[Array, "elements inputs"]) -> Float[Array, "elements outputs"]:
        """One set."""
        x = jax.vmap(self.first)(x)
        for block in self.blocks:
            x = block(x)
        return jax.vmap(self.last)(x)
