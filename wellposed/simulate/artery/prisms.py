"""Stacks of sections as tetrahedra: each prism between two sections is cut into three."""

import numpy as np
from jaxtyping import Int

from .disc import Disc


def stacked(section: Disc, ids: Int[np.ndarray, "sections points"]) -> Int[np.ndarray, "tets 4"]:
    """The tetrahedra between sections; the order of corners in `section.triangles` decides diagonals.

    Args:
        section: the mesh of a section.
        ids: the numbers of its points in each section, in the direction of its normal.
    """
    low, up = (ids[k][:, section.triangles].reshape(-1, 3).T for k in (slice(None, -1), slice(1, None)))
    (a, b, c), (d, e, f) = low, up
    tets = np.concatenate([np.stack(row, axis=1) for row in ((a, b, c, f), (b, a, e, f), (a, d, e, f))])
    odd = np.tile(section.odd, 3 * (ids.shape[0] - 1))
    tets[odd] = tets[odd][:, [1, 0, 2, 3]]
    return tets


def mantle(around: int, ids: Int[np.ndarray, "sections points"]) -> Int[np.ndarray, "triangles 3"]:
    """The triangles of the wall around a stack, split as the prisms are; normals point outwards.

    Args:
        around: points on the rim, which are the first of a section.
        ids: as in `stacked`.
    """
    p, q = ids[:-1, :around].ravel(), np.roll(ids[:-1, :around], -1, axis=1).ravel()
    r, s = ids[1:, :around].ravel(), np.roll(ids[1:, :around], -1, axis=1).ravel()
    return np.concatenate([np.stack([p, q, s], axis=1), np.stack([p, s, r], axis=1)])
