"""The open ends of a vessel: which there are, and what of the wall belongs to them."""

import numpy as np
from jaxtyping import Bool, Float, Int
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from wellposed.errors import InputError
from wellposed.geometry import Mesh, geodesic_distance

EXTENSION, PADDING = 4.0, 1.0  # diameters: of published flow extensions on single arteries, and of what does not count


def open_ends(mesh: Mesh) -> list[Int[np.ndarray, " rim"]]:
    """The vertices of each rim, the widest first.

    Example:
        >>> corner = Mesh(np.array([[0.0, 0, 0], [1, 0, 0], [0, 1, 0]]), np.array([[0, 1, 2]]))
        >>> [rim.tolist() for rim in open_ends(corner)]
        [[0, 1, 2]]
    """
    f = mesh.faces
    pairs = np.sort(np.concatenate([f[:, [0, 1]], f[:, [1, 2]], f[:, [2, 0]]]), axis=1)
    edges, count = np.unique(pairs, axis=0, return_counts=True)
    rims = edges[count == 1]
    links = coo_array((np.ones(len(rims)), rims.T), shape=(mesh.vertices, mesh.vertices))
    part = connected_components(links, directed=False)[1]
    found = [np.flatnonzero(part == number) for number in np.unique(part[rims.ravel()])]
    return sorted(found, key=lambda rim: -inlet_diameter(mesh, rim))


def inlet_diameter(mesh: Mesh, rim: Int[np.ndarray, " rim"]) -> float:
    """Twice the mean distance of the rim's vertices from their middle, in the unit of the mesh."""
    points = mesh.positions[rim]
    return 2 * float(np.linalg.norm(points - points.mean(axis=0, keepdims=True), axis=1).mean())


def away_from_ends(mesh: Mesh, diameter: float) -> Bool[np.ndarray, " vertices"]:
    """Who counts on a wall without extensions: what is further than a diameter from its open ends."""
    rims = open_ends(mesh)
    if not rims:
        return np.ones(mesh.vertices, bool)
    return geodesic_distance(mesh, np.concatenate(rims)) >= PADDING * diameter


def without_extensions(
    mesh: Mesh, distance: Float[np.ndarray, " vertices"], inlet: Int[np.ndarray, " rim"], diameter: float
) -> tuple[Bool[np.ndarray, " vertices"], Bool[np.ndarray, " vertices"], float]:
    """Who is kept, who counts, and where the kept wall begins, by the rules of the published code [@suk2024].

    Single arteries lose four inlet diameters at both ends, and one more does not count; a bifurcating one loses none.

    Raises:
        InputError: the wall has no other open end than its inlet.
    """
    rims = [rim for rim in open_ends(mesh) if not np.isin(rim, inlet).any()]
    if not rims:
        raise InputError("expected a wall that is open at its outlets, found none: remove caps")
    to_outlets = geodesic_distance(mesh, np.concatenate(rims))
    nearest = np.minimum(distance, to_outlets)
    cut = EXTENSION * diameter if len(rims) == 1 else 0.0
    return nearest >= cut, nearest >= cut + PADDING * diameter, cut
