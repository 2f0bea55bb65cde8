"""Proper orthogonal decomposition of flows, and coefficients of flows in its modes."""

from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, ArrayLike, Float


class Modes(NamedTuple):
    """Orthonormal flows.

    Attributes:
        fields: the modes, orthonormal in the inner product with `weights`.
        weights: of each point of each element; 0 where a point does not count.
        energies: mean squared coefficient of the snapshots in each mode, decreasing; of all modes, also those left out.
    """

    fields: Float[np.ndarray, "modes 2 elements q"]
    weights: Float[np.ndarray, "elements q"]
    energies: Float[np.ndarray, " snapshots"]

    def coefficients(self, velocity: Float[ArrayLike, "*batch 2 elements q"]) -> Float[Array, "*batch modes"]:
        """The inner products of flows with the modes."""
        weighted = jnp.asarray(self.fields) * jnp.asarray(self.weights)[None, None]
        return jnp.einsum("mceq,...ceq->...m", weighted, jnp.asarray(velocity))

    def flow(self, coefficients: Float[ArrayLike, "*batch modes"]) -> Float[Array, "*batch 2 elements q"]:
        """The sum of the modes with these coefficients."""
        return jnp.einsum("...m,mceq->...ceq", jnp.asarray(coefficients), jnp.asarray(self.fields))

    def rotated(self, turn: Float[np.ndarray, "modes few"], energies: Float[np.ndarray, " all"]) -> "Modes":
        """Combinations of the modes, by a matrix with orthonormal columns."""
        return Modes(np.einsum("mceq,mf->fceq", self.fields, turn), self.weights, energies)


def pod(
    snapshots: Float[np.ndarray, "snapshots 2 elements q"], weights: Float[np.ndarray, "elements q"], rank: int
) -> Modes:
    """The modes that hold the most energy of some flows ([@sirovich1987]), by a singular value decomposition.

    No mean is taken off: the snapshots are differences from a flow that is known.

    Args:
        snapshots: the flows.
        weights: of the inner product, as the mass of a `Space`.
        rank: how many modes; the number of snapshots at most.
    """
    root = np.sqrt(np.asarray(weights, float))
    matrix = (root * np.asarray(snapshots)).reshape(len(snapshots), -1)
    _, s, rows = np.linalg.svd(matrix, full_matrices=False)
    inverse = np.divide(1.0, root, out=np.zeros_like(root), where=root > 0)
    fields = inverse * rows[:rank].reshape(rank, 2, *root.shape)
    dtype = np.asarray(snapshots).dtype
    return Modes(fields.astype(dtype), np.asarray(weights, dtype), s**2 / len(snapshots))
