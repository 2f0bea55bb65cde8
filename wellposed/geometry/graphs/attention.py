"""The diffusivity of GRAND: attention between the ends of each edge, a row-stochastic matrix."""

from typing import Literal, get_args

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from wellposed.nn import NeighbourTable, slot_softmax, sum_slots, targets_to_slots, to_slots

Kernel = Literal["scaled_dot", "cosine", "pearson", "exponential"]
Normaliser = Literal["softmax", "squareplus"]
START = 1e-5  # of the queries' and keys' weights: diffusion begins as the plain average


class DiffusionAttention(eqx.Module):
    """a_ij = mean over heads of N_j(k(W_Q x_i, W_K x_j)): shares of edges, of sum 1 at a node [@chamberlain2021].

    Args:
        width: of the state.
        size: of the queries and keys, all heads together.
        heads: how many.
        kernel: k. `scaled_dot`: q . k / sqrt(d). `cosine`: of the angle. `pearson`: their correlation. `exponential`:
            s^2 exp(-|q - k|^2 / (2 l^2)) with s, l learned.
        normaliser: N. `softmax`, or `squareplus`, (z + sqrt(z^2 + 4)) / 2 over its sum, which grows linearly.
        key: of the initial weights; None for the published start, constant at 1e-5, from which all heads are alike.

    Example:
        >>> import numpy as np
        >>> path = NeighbourTable.from_edges(np.array([0, 1, 1]), np.array([0, 0, 1]), 2, 2)
        >>> DiffusionAttention(3, 4, 2)(jnp.ones((2, 3)), path).tolist()
        [0.5, 0.5, 1.0, 0.0]
    """

    query: Float[Array, "width heads each"]
    key: Float[Array, "width heads each"]
    scales: Float[Array, " 2"]
    kernel: Kernel = eqx.field(static=True)
    normaliser: Normaliser = eqx.field(static=True)

    def __init__(
        self,
        width: int,
        size: int,
        heads: int,
        kernel: Kernel = "scaled_dot",
        normaliser: Normaliser = "softmax",
        *,
        key: Key[Array, ""] | None = None,
    ):
        if size % heads:
            raise ValueError(f"DiffusionAttention expects a size that {heads} heads divide, got {size}.")
        if kernel not in get_args(Kernel) or normaliser not in get_args(Normaliser):
            raise ValueError(
                f"DiffusionAttention expects a kernel of {list(get_args(Kernel))} and a normaliser of "
                f"{list(get_args(Normaliser))}, got {kernel!r} and {normaliser!r}."
            )
        shape = (width, heads, size // heads)
        self.query = self.key = jnp.full(shape, START)
        if key is not None:
            self.query, self.key = jax.random.normal(key, (2, *shape)) / width**0.5
        self.scales = jnp.ones(2)
        self.kernel, self.normaliser = kernel, normaliser

    def __call__(self, x: Float[Array, "nodes width"], table: NeighbourTable) -> Float[Array, " slots"]:
        """The shares, 0 in empty slots."""
        scores = self.scores(x, table)
        if self.normaliser == "softmax":
            return slot_softmax(scores, table).mean(1)
        z = jnp.where(table.filled[:, None], (scores + jnp.sqrt(scores**2 + 4)) / 2, 0)
        total = targets_to_slots(sum_slots(z, table), table)
        return (z / jnp.where(table.filled[:, None], total, 1)).mean(1)

    def scores(self, x: Float[Array, "nodes width"], table: NeighbourTable) -> Float[Array, "slots heads"]:
        """k for each edge and head."""
        q = targets_to_slots(jnp.tensordot(x, self.query, 1), table)  # (slots, heads, each)
        k = to_slots(jnp.tensordot(x, self.key, 1), table)
        if self.kernel == "exponential":
            s, l = self.scales
            return s**2 * jnp.exp(-((q - k) ** 2).sum(-1) / (2 * l**2))
        if self.kernel == "scaled_dot":
            return (q * k).sum(-1) / q.shape[-1] ** 0.5
        if self.kernel == "pearson":
            q, k = (v - v.mean(-1, keepdims=True) for v in (q, k))
        return (q * k).sum(-1) * jax.lax.rsqrt((q**2).sum(-1) * (k**2).sum(-1) + 1e-10)
