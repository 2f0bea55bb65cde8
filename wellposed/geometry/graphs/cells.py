"""Control volumes of graphs and meshes: what lies between two of them, and how large each is."""

from collections.abc import Callable
from typing import TypeAlias

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from wellposed.nn import NeighbourTable

from ..graph import Graph
from ..mesh import Mesh

Numbers: TypeAlias = Array | np.ndarray
EQUILATERAL = np.pi / 3
LEAVING, ARRIVING = 0, -1  # the two directions of an edge, seen from its target; the same where there is only one
Velocity: TypeAlias = Callable[[Float[np.ndarray, "points 3"]], Float[np.ndarray, "points 3"]]


class Cells(eqx.Module):
    """Nodes as control volumes of the finite volume method, and the interfaces between neighbours [@eymard2000].

    Interfaces of a graph have one side, those of a triangulated surface two: the triangles on both sides of the edge.
    With a velocity, each direction of an edge has features and sizes of its own; without, both share them.

    Attributes:
        table: who is whose neighbour.
        features: what describes an interface, for the directions of its edge (leaving the target of the slot, and
            arriving there) and for its sides.
        sizes: a factor of the flux that is known: 1, or the speed along the edge times its length.
        mass: the size of each node: 1, or its area.

    Shapes:
        features `(slots, directions, sides, features)`, sizes `(slots, directions, sides)`, mass `(nodes,)`.
    """

    table: NeighbourTable
    features: Float[Numbers, "slots directions sides features"]
    sizes: Float[Numbers, "slots directions sides"]
    mass: Float[Numbers, " nodes"]

    def on_device(self) -> "Cells":
        """With JAX's arrays, in the precision that is set."""
        as_float = lambda x: jnp.asarray(x, float)
        return Cells(self.table, as_float(self.features), as_float(self.sizes), as_float(self.mass))

    def rates(
        self, law: Callable[[Float[np.ndarray, "*shape features"]], Float[np.ndarray, "*shape"]]
    ) -> Float[np.ndarray, "nodes nodes"]:
        """The dense matrix whose entry (i, j) says how much goes from i to j, for a known law of the interfaces.

        Example:
            >>> pair = Graph.from_pairs(np.array([[0, 1]]), 2)
            >>> cells = graph_cells(pair, np.array([[0.0, 0, 0], [0.5, 0, 0]]), 1.0)
            >>> cells.rates(lambda features: 1 - features[..., 0]).tolist()
            [[0.0, 0.5], [0.5, 0.0]]
        """
        flux = (np.asarray(self.sizes) * law(np.asarray(self.features))).sum(-1)
        filled = np.asarray(self.table.filled)
        target, source = (np.asarray(of)[filled] for of in (self.table.target_of_slot, self.table.source_of_slot))
        matrix = np.zeros((self.table.targets, self.table.targets))
        np.add.at(matrix, (target, source), flux[filled, LEAVING])
        return matrix


def graph_cells(
    graph: Graph, positions: Float[np.ndarray, "nodes 3"], reach: float, velocity: Velocity | None = None
) -> Cells:
    """The nodes of a graph with positions, each of mass 1; an interface is described by its length over `reach`.

    Args:
        graph: each edge in both directions.
        positions: of the nodes.
        reach: the length that counts as 1.
        velocity: b of points. Features are then the length and the sign of b . e, the size is |b . e| / |e|, with e
            the edge in its direction and b at its middle.
    """
    table = graph.table()
    ends = positions[graph.target], positions[graph.source]
    length = np.linalg.norm(ends[1] - ends[0], axis=1)
    features, sizes = _directed((length / reach)[:, None, None, None], ends, velocity, np.maximum(length, 1e-30))
    return Cells(table, _in_slots(features, table), _in_slots(sizes, table), np.ones(graph.nodes))


def mesh_cells(mesh: Mesh, velocity: Velocity | None = None) -> Cells:
    """The vertices of a closed surface with their areas; an interface is described, on each of its two sides, by the
    angle that the triangle has opposite to the edge, over 60 degrees and less 1.

    With the law `cotangent_law` the fluxes are those of the cotangent Laplacian [@pinkall1993].

    Args:
        mesh: a closed surface.
        velocity: b of points, of which the part along the surface counts. Features are then the angle and the sign of
            b . e, the size is |b . e|, with e the edge in its direction and b at its middle.

    Raises:
        ValueError: an edge that does not have two faces.
    """
    i, j, angle = _corners(mesh)
    order = np.lexsort((angle, j, i))
    i, j, angle = i[order], j[order], angle[order]
    if len(i) % 2 or (i[::2] != i[1::2]).any() or (j[::2] != j[1::2]).any() or len(i) != 4 * len(mesh.edges):
        raise ValueError("mesh_cells expects a closed surface, got an edge that does not have two faces.")
    target, source, sides = i[::2], j[::2], angle.reshape(-1, 1, 2, 1) / EQUILATERAL - 1
    table = NeighbourTable.from_edges(source, target, mesh.vertices, mesh.vertices)
    ends = mesh.positions[target], mesh.positions[source]
    features, sizes = _directed(sides, ends, velocity, np.ones(len(target)))
    return Cells(table, _in_slots(features, table), _in_slots(sizes, table), mesh.areas)


def cotangent_law(features: Float[np.ndarray, "*shape features"]) -> Float[np.ndarray, "*shape"]:
    """cot(angle) / 2 of `mesh_cells`, and where there is a velocity its upwind part: what moves along the edge alone.

    Example:
        >>> cotangent_law(np.zeros((1, 1))).round(4).tolist()  # 60 degrees
        [0.2887]
    """
    angle = EQUILATERAL * (1 + features[..., 0])
    half = np.cos(angle) / (2 * np.maximum(np.sin(angle), 1e-30))
    return half if features.shape[-1] == 1 else np.maximum(features[..., 1] * half, 0)


def _corners(mesh: Mesh) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For each corner of a face, in both directions, the edge opposite to it and its angle."""
    first, second, angles = [], [], []
    for k in range(3):
        a, b, c = (mesh.faces[:, (k + s) % 3] for s in range(3))
        u, v = mesh.positions[b] - mesh.positions[a], mesh.positions[c] - mesh.positions[a]
        angle = np.arctan2(np.linalg.norm(np.cross(u, v), axis=1), np.sum(u * v, axis=1))
        first += [b, c]
        second += [c, b]
        angles += [angle, angle]
    return np.concatenate(first), np.concatenate(second), np.concatenate(angles)


def _directed(
    features: np.ndarray, ends: tuple[np.ndarray, np.ndarray], velocity: Velocity | None, per: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Features and sizes with a velocity, if there is one."""
    if velocity is None:
        return features, np.ones(features.shape[:-1])
    along = np.sum(velocity((ends[0] + ends[1]) / 2) * (ends[1] - ends[0]), axis=1) / per
    speed = np.stack([along, -along], axis=1)[:, :, None]  # leaving the target, arriving from the source
    features = np.repeat(features, 2, axis=1)
    speed = np.broadcast_to(speed, features.shape[:-1])
    return np.concatenate([features, np.sign(speed)[..., None]], axis=-1), np.abs(speed)


def _in_slots(values: np.ndarray, table: NeighbourTable) -> np.ndarray:
    return np.concatenate([values, np.zeros((1, *values.shape[1:]))])[np.asarray(table.edge_of_slot)]
