"""Where the blocks of the elements go in the sparse matrix of the unknowns that are not given."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import scipy.sparse as sp
from jaxtyping import Float, Int


class Sparsity(NamedTuple):
    """The pattern of a matrix with four unknowns at each point, of which some are given.

    Attributes:
        slot: the place of each pair of corners among the distinct pairs of points.
        pairs: how many of these there are.
        take: for each entry of the matrix of the free unknowns its place among the entries of all pairs.
        columns: of its entries.
        starts: of its rows.
    """

    slot: Int[np.ndarray, " n"]
    pairs: int
    take: Int[np.ndarray, " entries"]
    columns: Int[np.ndarray, " entries"]
    starts: Int[np.ndarray, " rows"]

    def matrix(self, blocks: Iterable[tuple[int, int, Float[np.ndarray, "4 4 tets"]]]) -> sp.csr_array:
        """Sum the blocks of the elements."""
        entries = np.zeros((self.pairs, 4, 4))
        for i, j, block in blocks:
            entries[:, i, j] = np.bincount(self.slot, block.ravel(), self.pairs)
        rows = self.starts.size - 1
        return sp.csr_array((entries.ravel()[self.take], self.columns, self.starts), shape=(rows, rows))


def sparsity(tets: Int[np.ndarray, "tets 4"], count: int, free: Int[np.ndarray, " m"]) -> Sparsity:
    """Find the pattern.

    Args:
        tets: corners of the tetrahedra.
        count: of points.
        free: the unknowns that are not given; unknown c of point k has the number 4 k + c.
    """
    corner = tets.T.astype(np.int64)
    distinct, slot = np.unique((corner[:, None] * count + corner[None]).ravel(), return_inverse=True)
    row, column = distinct // count, distinct % count
    starts = np.searchsorted(row, np.arange(count + 1))
    places = np.arange(1.0, 16.0 * distinct.size + 1.0).reshape(-1, 4, 4)  # from 1, since 0 is no entry
    all_of_them = sp.bsr_array((places, column, starts), shape=(4 * count, 4 * count)).tocsr()
    kept = all_of_them[free][:, free].tocsr()
    kept.sort_indices()
    take = kept.data.astype(np.int64) - 1
    return Sparsity(slot, distinct.size, take, kept.indices.astype(np.int32), kept.indptr.astype(np.int32))


def gather(values: Float[np.ndarray, "4 4 tets"], tets: Int[np.ndarray, "tets 4"], count: int) -> np.ndarray:
    """Sum what the elements give to their corners: `[point, equation]`."""
    where = tets.T.ravel()
    return np.stack([np.bincount(where, values[:, c].ravel(), count) for c in range(4)], axis=1)
