"""GRAND++: diffusion with a source at the labelled nodes."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, ArrayLike, Float, Int

from wellposed.nn import gather_sum

from .grand import Medium


class GrandPlus(eqx.Module):
    """dX/dt = sigmoid(alpha) (A - I) X + S, with a source at the labelled nodes alone [@thorpe2022].

    S_i = sigmoid(gamma) (x_i(0) - mean over the labelled nodes of x(0)) / d_i there, and 0 elsewhere. The sources sum
    to zero weighted by degrees. Where A is the plain average over neighbours on an undirected graph, diffusion
    keeps the mean weighted so, and the state has a limit, one that is not constant over the graph.

    Args:
        labelled: the nodes with a source.

    Shapes:
        `(t, (nodes, width), Medium) -> (nodes, width)`.

    Example:
        >>> import numpy as np
        >>> from wellposed.nn import NeighbourTable
        >>> pair = NeighbourTable.from_edges(np.array([0, 1, 0, 1]), np.array([0, 0, 1, 1]), 2, 2)
        >>> x = jnp.array([[1.0], [3.0]])
        >>> GrandPlus(jnp.array([0, 1]))(0.0, x, Medium(pair, jnp.full(4, 0.5), x)).tolist()
        [[0.25], [-0.25]]

    When it fails: learned attention has other stationary weights than the degrees. Weighted by these the sources do not
    sum to zero, and the mean of the state drifts linearly in time, the same at all nodes of a component; the longer the
    flow, the larger that part.
    """

    alpha: Float[Array, ""]
    gamma: Float[Array, ""]
    labelled: Int[Array, " labelled"]

    def __init__(self, labelled: Int[Array, " labelled"]):
        self.alpha, self.gamma = jnp.zeros(()), jnp.zeros(())
        self.labelled = labelled

    def __call__(self, t: ArrayLike, x: Float[Array, "nodes width"], medium: Medium) -> Float[Array, "nodes width"]:
        """dX/dt."""
        slope = jax.nn.sigmoid(self.alpha) * (gather_sum(x, medium.table, medium.shares) - x)
        chosen = jnp.zeros(len(x), bool).at[self.labelled].set(True)[:, None]
        degrees = jnp.maximum(medium.table.degrees(), 1).astype(x.dtype)[:, None]
        centre = jnp.where(chosen, medium.start, 0).sum(0, keepdims=True) / len(self.labelled)
        return slope + jax.nn.sigmoid(self.gamma) * jnp.where(chosen, (medium.start - centre) / degrees, 0)
