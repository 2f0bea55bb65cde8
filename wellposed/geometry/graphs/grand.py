"""Graph neural diffusion: the state of the nodes flows along the gradients over the edges."""

from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, ArrayLike, Float

from wellposed.nn import NeighbourTable, gather_sum

from .attention import DiffusionAttention


class Medium(NamedTuple):
    """Where a state diffuses: what a field on a graph takes beside the state.

    Attributes:
        table: of the edges, with one from each node to itself.
        shares: a(x(0)) for each slot, for fields whose diffusivity stays as it was at the start.
        start: x(0).
    """

    table: NeighbourTable
    shares: Float[Array, " slots"] | None
    start: Float[Array, "nodes width"]


class Grand(eqx.Module):
    """dX/dt = sigmoid(alpha) (A - I) X + beta X(0), a row-stochastic A being the diffusivity [@chamberlain2021].

    Without `attention` A is that of the medium, `A(X(0))`: the field is linear (GRAND-l). With it A follows the state,
    `A(X(t))` (GRAND-nl). alpha and beta are numbers to be learned, or kept.

    Args:
        attention: of the non-linear field; None for the linear one.
        source: beta at the start, 0 as published; None leaves the term out, so that the limit is constant.

    Shapes:
        `(t, (nodes, width), Medium) -> (nodes, width)`.

    Example:
        >>> import numpy as np
        >>> pair = NeighbourTable.from_edges(np.array([0, 1, 0, 1]), np.array([0, 0, 1, 1]), 2, 2)
        >>> x = jnp.array([[0.0], [1.0]])
        >>> Grand()(0.0, x, Medium(pair, jnp.full(4, 0.5), x)).tolist()
        [[0.25], [-0.25]]

    When it fails: explicit Euler with sigmoid(alpha) h > 1 is not stable, nor RK4 with sigmoid(alpha) h > 1.39.
    """

    alpha: Float[Array, ""]
    beta: Float[Array, ""] | None
    attention: DiffusionAttention | None

    def __init__(self, attention: DiffusionAttention | None = None, source: float | None = 0.0):
        self.alpha, self.beta = jnp.zeros(()), None if source is None else jnp.asarray(source, float)
        self.attention = attention

    def __call__(self, t: ArrayLike, x: Float[Array, "nodes width"], medium: Medium) -> Float[Array, "nodes width"]:
        """dX/dt."""
        shares = medium.shares if self.attention is None else self.attention(x, medium.table)
        slope = jax.nn.sigmoid(self.alpha) * (gather_sum(x, medium.table, shares) - x)
        return slope if self.beta is None else slope + self.beta * medium.start
