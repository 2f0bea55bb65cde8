"""Pieces of trajectories, drawn a few at a time."""

from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int, Key


class Windows(NamedTuple):
    """Pieces of trajectories with the same number of times, in the networks' units.

    Attributes:
        states: shape (batch, times, n).
        slopes: dx/dt there.
        alphas: the parameter of each piece.
        inside: which of the samples count.
        intervals: between the times of each piece, shape (batch, times - 1).
    """

    states: Float[Array, "batch times n"]
    slopes: Float[Array, "batch times n"]
    alphas: Float[Array, " batch"]
    inside: Bool[Array, "batch times"]
    intervals: Float[Array, "batch intervals"]


class DrawnWindows(eqx.Module):
    """`batches` for `train.fit`: for each of several seeds its own random pieces of the same trajectories.

    A piece begins at a random time at which its trajectory still counts.

    Args:
        trajectories: whole trajectories, as `Windows` with one interval less than times.
        last: how many of the first samples of each trajectory count, shape (trajectories,).
        length: times in a piece.
        every: of a trajectory's times, so many from one in the piece to the next.
        size: pieces in a batch.
        seeds: batches at once.
    """

    trajectories: Windows
    last: Int[Array, " trajectories"]
    length: int = eqx.field(static=True)
    every: int = eqx.field(static=True)
    size: int = eqx.field(static=True)
    seeds: int = eqx.field(static=True)

    def __call__(self, key: Key[Array, ""], step: Int[Array, ""]) -> Windows:
        """Batch number `step`, with the seeds as leading axis."""
        del step
        which, when = jax.random.split(key)
        total, times = self.trajectories.inside.shape
        shape = (self.seeds, self.size)
        row = jax.random.randint(which, shape, 0, total)
        starts = jnp.minimum(times - 1 - (self.length - 1) * self.every, jnp.maximum(self.last[row] - 2, 0)) + 1
        first = (jax.random.uniform(when, shape) * starts).astype(int)
        return jax.vmap(jax.vmap(self._piece))(row, first)

    def _piece(self, row: Int[Array, ""], first: Int[Array, ""]) -> Windows:
        span = (self.length - 1) * self.every
        cut = lambda part, n: jax.lax.dynamic_slice_in_dim(part[row], first, n)
        some = lambda part: cut(part, span + 1)[:: self.every]
        of = self.trajectories
        intervals = cut(of.intervals, span).reshape(self.length - 1, self.every).sum(axis=1)
        return Windows(some(of.states), some(of.slopes), of.alphas[row], some(of.inside), intervals)
