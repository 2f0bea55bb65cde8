"""Geodesic distances by the heat method."""

from typing import Any

import numpy as np
from jaxtyping import Float, Int

from wellposed.errors import InputError

from .mesh import Mesh


def potpourri3d() -> Any:
    """The library of the heat methods, which an extra installs."""
    try:
        import potpourri3d
    except ModuleNotFoundError:
        raise InputError(
            "geodesic distances need potpourri3d, which is not installed: pip install 'wellposed[mesh]'"
        ) from None
    return potpourri3d


def geodesic_distance(mesh: Mesh, sources: Int[np.ndarray, " some"]) -> Float[np.ndarray, " vertices"]:
    """The distance along the surface to the nearest of some vertices, as to an artery's inlet [@crane2013].

    After a short time, heat that starts at the sources decreases along shortest paths; the distance is the function
    whose gradient is that direction. Negative values of the smooth approximation are cut at 0.

    Returns:
        A distance for each vertex, in the unit of the positions.

    Raises:
        InputError: no sources, or potpourri3d is not installed.

    When it fails: a part of the surface that hangs together with no source gets a meaningless distance.
    """
    if not len(sources):
        raise InputError("geodesic distance: expected at least one vertex to measure from, found none: name the inlet")
    solver = potpourri3d().MeshHeatMethodDistanceSolver(mesh.positions, mesh.faces)
    return np.maximum(np.asarray(solver.compute_distance_multisource(np.asarray(sources))), 0.0)
