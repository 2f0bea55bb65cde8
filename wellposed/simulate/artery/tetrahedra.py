"""A tetrahedral mesh of a vessel's lumen and what its linear elements need."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

Triangles = Int[np.ndarray, "triangles 3"]


class Lumen(NamedTuple):
    """The inside of a vessel, in tetrahedra; all triangles are oriented with their normal out of the lumen.

    Attributes:
        points: the vertices, in cm.
        tets: vertices of each tetrahedron, of positive volume.
        wall: triangles where the fluid rests.
        inlet: triangles where it comes in.
        outlet: triangles where it leaves freely; of all outlets of a branching vessel.
    """

    points: Float[np.ndarray, "points 3"]
    tets: Int[np.ndarray, "tets 4"]
    wall: Triangles
    inlet: Triangles
    outlet: Triangles


class Elements(NamedTuple):
    """Linear elements; the number of the tetrahedron is the last axis, which is what vectorises best.

    Attributes:
        volume: of each tetrahedron.
        gradient: of the four hat functions: `gradient[a, i]` is d phi_a / dx_i.
        metric: G = J^-T J^-1, where J maps the regular tetrahedron of side 2 to this one: a regular one of side h has
            G = 4 / h^2, and no order of the vertices is preferred.
    """

    volume: Float[np.ndarray, " tets"]
    gradient: Float[np.ndarray, "4 3 tets"]
    metric: Float[np.ndarray, "3 3 tets"]


def elements(lumen: Lumen) -> Elements:
    """Volumes, gradients and metric of the tetrahedra.

    Raises:
        ValueError: a tetrahedron has no positive volume.
    """
    corner = lumen.points[lumen.tets]  # (tets, 4, 3)
    edges = corner[:, 1:] - corner[:, :1]
    volume = np.linalg.det(edges) / 6.0
    if not (volume > 0).all():
        raise ValueError(
            f"expected tetrahedra of positive volume, found {(volume <= 0).sum()} others of {volume.size}: "
            "bend the vessel less than its radius allows"
        )
    rest = np.linalg.inv(edges).transpose(2, 1, 0)  # (3, 3, tets): [a, i] is d phi_{a+1} / dx_i
    gradient = np.concatenate([-rest.sum(axis=0, keepdims=True), rest])
    # the regular tetrahedron of side h has sum_a grad phi_a grad phi_a^T = 2 / h^2
    metric = 2.0 * np.einsum("ait,ajt->ijt", gradient, gradient)
    return Elements(volume, np.ascontiguousarray(gradient), metric)


def normals(points: Float[np.ndarray, "points 3"], faces: Triangles) -> Float[np.ndarray, "triangles 3"]:
    """Of triangles; their lengths are the areas."""
    a, b, c = (points[faces[:, k]] for k in range(3))
    return np.cross(b - a, c - a) / 2.0


def spread(
    values: Float[np.ndarray, "triangles *shape"], faces: Triangles, count: int
) -> Float[np.ndarray, "points *shape"]:
    """A third of the value of each triangle to each of its corners, summed over the `count` points of the mesh."""
    found = np.zeros((count, *values.shape[1:]))
    for k in range(3):
        np.add.at(found, faces[:, k], values / 3.0)
    return found


def flux(velocity: Float[np.ndarray, "points 3"], points: Float[np.ndarray, "points 3"], faces: Triangles) -> float:
    """Of a velocity through triangles, in cm3/s, positive along their normals."""
    return float((velocity[faces].mean(axis=1) * normals(points, faces)).sum())
