"""Features of nodes, dense or as a bag of words, with the two things that a first layer does with them."""

from typing import TypeAlias, overload

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Key

from wellposed.nn import NeighbourTable, gather_sum


class Bag(eqx.Module):
    """Sparse features: of each node the words that it has, and how often.

    Words and nodes are a graph of two parts, so that the product with a matrix is a `gather_sum` of its rows: of the
    order of the words that are there, forward and backward, where a dense product pays for all that are not.

    Example:
        >>> bag = Bag.from_dense(np.array([[0.0, 2.0], [0.0, 0.0]]))
        >>> project(jnp.array([[1.0], [3.0]]), bag).tolist()
        [[6.0], [0.0]]
    """

    words: NeighbourTable
    counts: Float[Array, " slots"]

    @staticmethod
    def from_dense(features: Float[np.ndarray, "nodes words"]) -> "Bag":
        """The bag of a table with many zeros."""
        node, word = np.nonzero(features)
        words = NeighbourTable.from_edges(word, node, features.shape[1], features.shape[0])
        counts = np.append(features[node, word], 0)[np.asarray(words.edge_of_slot)]
        return Bag(words, jnp.asarray(counts, float))

    @property
    def shape(self) -> tuple[int, int]:
        """Of the table that it stands for."""
        return self.words.targets, self.words.sources


Features: TypeAlias = Float[Array, "nodes features"] | Bag


def project(weight: Float[Array, "features *outputs"], x: Features) -> Float[Array, "nodes *outputs"]:
    """X W, for dense features or a bag.

    Example:
        >>> project(jnp.ones((2, 3)), jnp.array([[1.0, 2.0]])).tolist()
        [[3.0, 3.0, 3.0]]
    """
    if isinstance(x, Bag):
        return gather_sum(weight, x.words, x.counts)
    return jnp.tensordot(x, weight, 1)


@overload
def dropout(x: Array, rate: float, key: Key[Array, ""] | None) -> Array: ...
@overload
def dropout(x: Bag, rate: float, key: Key[Array, ""] | None) -> Bag: ...
def dropout(x: Features, rate: float, key: Key[Array, ""] | None) -> Features:
    """Zeros in place of a share `rate` of the numbers, the others over 1 - rate; without a key nothing.

    Of a bag it draws for its words alone, since zeros stay zeros.
    """
    if key is None or rate == 0:
        return x
    if isinstance(x, Bag):
        return Bag(x.words, dropout(x.counts, rate, key))
    return jnp.where(jax.random.bernoulli(key, 1 - rate, x.shape), x / (1 - rate), 0)


def glorot(key: Key[Array, ""], shape: tuple[int, ...]) -> Float[Array, "..."]:
    """Uniform weights of variance 2 / (inputs + outputs) [@glorot2010], the first axis being the inputs."""
    bound = (6 / (shape[0] + int(np.prod(shape[1:])))) ** 0.5
    return jax.random.uniform(key, shape, float, -bound, bound)
