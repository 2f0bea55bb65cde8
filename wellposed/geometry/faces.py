"""Faces and edges of a surface as two graphs, for networks that live on them."""

from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from jaxtyping import Float, Int

from wellposed.nn import NeighbourTable

from .mesh import Mesh
from .surface import Faces, Hierarchy


class FaceSizes(NamedTuple):
    """How many faces and edges there are room for, and how many faces at most meet at a vertex."""

    faces: int
    edges: int
    around: int

    @staticmethod
    def of(mesh: Mesh) -> "FaceSizes":
        """What a mesh needs."""
        return FaceSizes(len(mesh.faces), len(mesh.edges), int(np.bincount(mesh.faces.ravel()).max()))


def with_faces(hierarchy: Hierarchy, mesh: Mesh, sizes: FaceSizes | None = None) -> Hierarchy:
    """The arrays of a surface with its faces and edges, as the primal-dual network asks for them [@milano2020].

    Args:
        hierarchy: of `scales(mesh).arrays(...)`.
        mesh: the surface.
        sizes: with room to spare, so that several surfaces make one batch.
    """
    sizes = FaceSizes.of(mesh) if sizes is None else sizes
    vertices, of = hierarchy.finest.real.shape[0], NeighbourTable.from_edges
    face = np.arange(3 * len(mesh.faces)) // 3  # of each corner, and of the side opposite to it
    corner = mesh.faces.ravel()
    edge = _edge_of_side(mesh)
    a, b = _sharing(edge)  # pairs of sides on one edge
    primal = of(face[a], face[b], sizes.faces, sizes.faces, 3, 3)
    slot_of_pair = np.empty(len(a), int)
    filled = np.asarray(primal.filled)
    slot_of_pair[np.asarray(primal.edge_of_slot)[filled]] = np.flatnonzero(filled)
    i, j = _others_in_face(len(mesh.faces))
    ends = mesh.edges.ravel(), np.repeat(np.arange(len(mesh.edges)), 2)
    faces = Faces(
        of(corner, face, vertices, sizes.faces, 3, sizes.around),
        of(face, corner, sizes.faces, vertices, sizes.around, 3),
        of(*ends, vertices, sizes.edges, 2, sizes.around + 1),
        primal,
        of(edge[a], slot_of_pair, sizes.edges, primal.slots, 1, 2),
        of(edge[i], edge[j], sizes.edges, sizes.edges, 4, 4),
        jnp.asarray(np.pad(_shape(mesh, edge, a, b), ((0, sizes.edges - len(mesh.edges)), (0, 0))), float),
    )
    return Hierarchy(hierarchy.surfaces, hierarchy.poolings, hierarchy.spectrum, faces)


def _edge_of_side(mesh: Mesh) -> Int[np.ndarray, " sides"]:
    f = mesh.faces
    sides = np.sort(np.stack([f[:, [1, 2]], f[:, [2, 0]], f[:, [0, 1]]], axis=1).reshape(-1, 2), axis=1)
    keys = lambda pairs: pairs[:, 0] * mesh.vertices + pairs[:, 1]
    return np.searchsorted(keys(mesh.edges), keys(sides))


def _sharing(edge: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Each two sides on one edge, in both orders."""
    order = np.argsort(edge, kind="stable")
    twice = np.flatnonzero(edge[order][1:] == edge[order][:-1])
    one, other = order[twice], order[twice + 1]
    return np.append(one, other), np.append(other, one)


def _others_in_face(faces: int) -> tuple[np.ndarray, np.ndarray]:
    """Each two different sides of one face."""
    i, j = np.nonzero(~np.eye(3, dtype=bool))
    start = 3 * np.arange(faces)[:, None]
    return (start + i[None]).ravel(), (start + j[None]).ravel()


def _shape(mesh: Mesh, edge: np.ndarray, a: np.ndarray, b: np.ndarray) -> Float[np.ndarray, "edges 3"]:
    """Dihedral angle, and the smaller and the larger ratio of length to height: no motion or numbering changes them."""
    p, q = mesh.positions[mesh.edges.T]
    length = np.linalg.norm(q - p, axis=1)
    double = np.linalg.norm(mesh.face_vectors, axis=1)
    ratio = length[edge] ** 2 / np.maximum(np.repeat(double, 3), 1e-30)
    normal = mesh.face_vectors / np.maximum(double, 1e-30)[:, None]
    shape = np.zeros((len(mesh.edges), 3))
    np.maximum.at(shape[:, 2], edge, ratio)
    shape[edge[a], 1] = np.minimum(ratio[a], ratio[b])
    n, m = normal[a // 3], normal[b // 3]
    centre = mesh.positions[mesh.faces].mean(1)
    bend = np.sum((centre[b // 3] - centre[a // 3]) * n, axis=1)  # below the plane of the face: convex
    angle = np.arctan2(np.linalg.norm(np.cross(n, m), axis=1), np.sum(n * m, axis=1))
    shape[edge[a], 0] = np.where(bend > 0, -angle, angle)
    return shape
