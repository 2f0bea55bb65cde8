"""What networks see of a wall: features, frames and scales, as arrays that make batches."""

from collections.abc import Sequence
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float

from wellposed.geometry import (
    MATRIX_FIELD,
    GaugeField,
    Hierarchy,
    Mesh,
    Scales,
    batch,
    common_sizes,
    matrix_features,
    scales,
)

from .arteries import Artery
from .settings import Settings

GAUGE_FIELD = GaugeField((MATRIX_FIELD.counts[0] + 1, *MATRIX_FIELD.counts[1:]))
LENGTH_CM = 0.1  # the unit in which networks see lengths
SCALARS = MATRIX_FIELD.counts[0] + 1


class Wall(NamedTuple):
    """One wall, or a batch of walls; what lies at vertices that are not real is of no meaning.

    Attributes:
        hierarchy: the scales.
        gauge: matrix features and the distance from the inlet, a gauge field that no motion changes.
        oriented: normals and that distance, which turn with the wall.
        along: at each vertex rows: along the wall away from the inlet, across, and the normal.
    """

    hierarchy: Hierarchy
    gauge: Float[Array, "*batch vertices gauge"]
    oriented: Float[Array, "*batch vertices 4"]
    along: Float[Array, "*batch vertices 3 3"]

    @property
    def invariant(self) -> Float[Array, "*batch vertices scalars"]:
        """The scalars of the gauge field, numbers that neither motions nor frames change."""
        return self.gauge[..., :SCALARS]


class Sample(NamedTuple):
    """A wall with its stress in Pa, and which vertices count."""

    wall: Wall
    stress: Float[Array, "*batch vertices 3"]
    mask: Bool[Array, "*batch vertices"]


def sampled(arteries: Sequence[Artery], settings: Settings) -> list[Scales]:
    """The scales of some arteries, which take about a second each."""
    return [
        scales(artery.mesh, settings.ratios, settings.radii_cm, settings.neighbours, key=settings.seed)
        for artery in arteries
    ]


def samples(arteries: Sequence[Artery], several: Sequence[Scales]) -> list[Sample]:
    """Samples of one size, with as many vertices as the largest wall."""
    sizes = common_sizes(several)
    return [_sample(artery, one.arrays(sizes)) for artery, one in zip(arteries, several, strict=True)]


def stacked(several: Sequence[Sample]) -> Sample:
    """A batch."""
    walls = [sample.wall for sample in several]
    rest = jax.tree.map(lambda *leaves: jnp.stack(leaves), *[(w.gauge, w.oriented, w.along) for w in walls])
    wall = Wall(batch([w.hierarchy for w in walls]), *rest)
    return Sample(wall, jnp.stack([s.stress for s in several]), jnp.stack([s.mask for s in several]))


def wall_of(mesh: Mesh, distance: Float[np.ndarray, " vertices"], hierarchy: Hierarchy) -> Wall:
    """The features of a wall."""
    size = hierarchy.finest.positions.shape[0]
    padded = lambda values: jnp.asarray(
        np.pad(values, ((0, size - len(values)), *((0, 0),) * (values.ndim - 1))), float
    )
    far = padded(distance[:, None])
    parts = MATRIX_FIELD.parts(eqx.filter_jit(matrix_features)(hierarchy.finest, LENGTH_CM))
    gauge = GAUGE_FIELD.join([jnp.concatenate([parts[0], far], axis=1), *parts[1:]])
    oriented = jnp.concatenate([padded(mesh.normals), far], axis=1)
    return Wall(hierarchy, gauge, oriented, padded(directions(mesh, distance)))


def directions(mesh: Mesh, distance: Float[np.ndarray, " vertices"]) -> Float[np.ndarray, "vertices 3 3"]:
    """Rows at each vertex: the tangent along which the distance grows, the tangent across, and the normal.

    Example:
        >>> corner = Mesh(np.array([[0.0, 0, 0], [1, 0, 0], [0, 1, 0]]), np.array([[0, 1, 2]]))
        >>> directions(corner, np.array([0.0, 1.0, 0.0]))[0].tolist()
        [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
    """
    normals, slopes = mesh.normals, _slopes(mesh, distance)
    slopes = slopes - np.sum(slopes * normals, axis=1, keepdims=True) * normals
    sizes = np.linalg.norm(slopes, axis=1, keepdims=True)
    any_tangent = np.cross(normals, np.eye(3)[np.argmin(np.abs(normals), axis=1)])
    tangent = np.where(sizes > 1e-9, slopes / np.maximum(sizes, 1e-9), any_tangent)
    tangent = tangent / np.linalg.norm(tangent, axis=1, keepdims=True)
    return np.stack([tangent, np.cross(normals, tangent), normals], axis=1)


def _slopes(mesh: Mesh, values: np.ndarray) -> np.ndarray:
    """The mean over a vertex's faces, by area, of the gradient of what is linear on each face."""
    a, b, c = mesh.positions[mesh.faces].swapaxes(0, 1)
    n = mesh.face_vectors
    double = np.maximum(np.linalg.norm(n, axis=1, keepdims=True), 1e-300)
    u, v, w = (values[mesh.faces[:, k]][:, None] for k in range(3))
    of_face = np.cross(n / double, u * (c - b) + v * (a - c) + w * (b - a))  # times twice the area
    summed = np.zeros_like(mesh.positions)
    for k in range(3):
        np.add.at(summed, mesh.faces[:, k], of_face)
    return summed


def _sample(artery: Artery, hierarchy: Hierarchy) -> Sample:
    missing = hierarchy.finest.positions.shape[0] - artery.mesh.vertices
    stress = jnp.asarray(np.pad(artery.stress, ((0, missing), (0, 0))), float)
    mask = jnp.asarray(np.pad(artery.mask, (0, missing)))
    return Sample(wall_of(artery.mesh, artery.distance, hierarchy), stress, mask)
