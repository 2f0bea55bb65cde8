"""Smoothing of a part of a vessel's wall, and of the mesh behind it."""

import numpy as np
import scipy.sparse as sp
from jaxtyping import Float, Int

from .tetrahedra import Lumen

SWEEPS, FORWARD, BACKWARD = 20, 0.5, -0.52


def smoothed(lumen: Lumen, free: Float[np.ndarray, " points"], sweeps: int = SWEEPS) -> Float[np.ndarray, "points 3"]:
    """Move the wall to where it is smooth, by the low-pass filter of [@taubin1995], and the inside with it.

    Each sweep moves a vertex towards the mean of its neighbours, and then, a little further, away from it: that keeps
    the volume up to a few per cent, the better the more vertices there are around. The displacement of the wall is
    continued by a harmonic function on the graph of the mesh.

    Args:
        lumen: the mesh.
        free: by how much each point may move, from 0 to 1; inlet and outlets stay anyway.
        sweeps: how often.

    Returns:
        The points.
    """
    count, points = lumen.points.shape[0], lumen.points.copy()
    fixed = np.union1d(lumen.inlet, lumen.outlet)
    free = np.where(np.isin(np.arange(count), lumen.wall), free, 0.0)
    free[fixed] = 0.0
    moving = np.flatnonzero(free)
    around = _graph(lumen.wall, count)[moving]
    mean = sp.diags_array(1 / np.maximum(around.sum(axis=1), 1.0)) @ around
    for _ in range(sweeps):
        for size in (FORWARD, BACKWARD):
            points[moving] += size * free[moving, None] * (mean @ points - points[moving])
    inside = np.flatnonzero(~np.isin(np.arange(count), np.union1d(lumen.wall, fixed)))
    graph = _graph(lumen.tets, count)
    laplace = sp.csc_array(sp.diags_array(graph.sum(axis=1)) - graph)
    shift = points - lumen.points
    shift[inside] = sp.linalg.spsolve(laplace[inside][:, inside], -(laplace[inside] @ shift))
    return lumen.points + shift


def _graph(cells: Int[np.ndarray, "cells k"], count: int) -> sp.csr_array:
    """1 where two points share an edge."""
    pairs = np.concatenate([cells[:, [a, b]] for a in range(cells.shape[1]) for b in range(cells.shape[1]) if a != b])
    graph = sp.csr_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(count, count))
    graph.data[:] = 1.0
    return graph
