"""Functions on a mesh as pictures."""

from typing import NamedTuple

import numpy as np
import scipy.spatial
from jaxtyping import Bool, Float, Int

from .mesh import Mesh


class Canvas(NamedTuple):
    """Pixels over a part of the plane, and how the value at each follows from three points of the mesh.

    Attributes:
        x: of the columns.
        y: of the rows.
        points: the three points around each pixel, as places among all points of all elements.
        weights: of the three.
        body: which pixels lie in the cylinder.
    """

    x: Float[np.ndarray, " width"]
    y: Float[np.ndarray, " height"]
    points: Int[np.ndarray, "height width 3"]
    weights: Float[np.ndarray, "height width 3"]
    body: Bool[np.ndarray, "height width"]

    def __call__(self, f: Float[np.ndarray, "*batch elements q"]) -> Float[np.ndarray, "*batch height width"]:
        """The pictures of functions, by linear interpolation; 0 in the cylinder."""
        values = np.asarray(f).reshape(*f.shape[:-2], -1)[..., self.points]
        return np.where(self.body, 0.0, (values * self.weights).sum(axis=-1))


def canvas(
    mesh: Mesh,
    x: Float[np.ndarray, " width"],
    y: Float[np.ndarray, " height"],
    center: tuple[float, float] = (0.0, 0.0),
    radius: float = 0.5,
) -> Canvas:
    """Pixels over a part of the domain.

    Args:
        mesh: the mesh.
        x: of the columns.
        y: of the rows.
        center: of the cylinder.
        radius: of the cylinder.
    """
    points = mesh.points.reshape(-1, 2)
    places = np.stack(np.meshgrid(x, y), axis=-1)
    triangles = scipy.spatial.Delaunay(points)
    found = triangles.find_simplex(places)
    transform = triangles.transform[found]
    first = np.einsum("hwij,hwj->hwi", transform[..., :2, :], places - transform[..., 2, :])
    weights = np.concatenate([first, 1.0 - first.sum(axis=-1, keepdims=True)], axis=-1)
    body = np.linalg.norm(places - np.asarray(center), axis=-1) < radius
    return Canvas(x, y, triangles.simplices[found], weights, body)
