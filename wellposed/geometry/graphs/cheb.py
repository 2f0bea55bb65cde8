"""ChebNet's layer: a polynomial of the graph Laplacian."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from wellposed.nn import NeighbourTable, gather_sum

from .features import Features, glorot, project
from .flavours import symmetric_coefficients


class ChebLayer(eqx.Module):
    """Y = sum over k < K of T_k(L) X W_k + b, T_k being Chebyshev's polynomials [@defferrard2016].

    L = -D^-1/2 A D^-1/2, the normalised Laplacian shifted to [-1, 1]. The products with W_k come first, and Clenshaw's
    recursion takes them through the graph in K - 1 sums, so that wide features are never aggregated.

    Args:
        inputs: features of a node.
        outputs: features of a node.
        order: K, one more than the hops that a node sees.
        key: of the initial weights.

    Shapes:
        `(nodes, inputs), table -> (nodes, outputs)`.

    Example:
        >>> import numpy as np
        >>> from wellposed.geometry import Graph
        >>> pair = Graph.from_pairs(np.array([[0, 1]]), 2).table()
        >>> ChebLayer(3, 2, key=jax.random.key(0))(jnp.ones((2, 3)), pair).shape
        (2, 2)
    """

    weight: Float[Array, "inputs order outputs"]
    bias: Float[Array, " outputs"]

    def __init__(self, inputs: int, outputs: int, order: int = 3, *, key: Key[Array, ""]):
        if order < 1:
            raise ValueError(f"ChebLayer expects an order of at least 1, got {order}.")
        keys = jax.random.split(key, order)
        self.weight = jnp.stack([glorot(k, (inputs, outputs)) for k in keys], 1)
        self.bias = jnp.zeros(outputs)

    def __call__(
        self, x: Features, table: NeighbourTable, edges: None = None, *, key: Key[Array, ""] | None = None
    ) -> Float[Array, "nodes outputs"]:
        """One graph."""
        coefficients = symmetric_coefficients(table)
        laplacian = lambda y: -gather_sum(y, table, coefficients)
        terms = project(self.weight, x)  # (nodes, order, outputs)
        after, last = jnp.zeros_like(terms[:, 0]), jnp.zeros_like(terms[:, 0])
        for k in reversed(range(1, terms.shape[1])):
            after, last = terms[:, k] + 2 * laplacian(after) - last, after
        return terms[:, 0] + laplacian(after) - last + self.bias[None]
