"""A surface at several scales: fewer and fewer vertices, each with a frame, and who stands for whom."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from wellposed.nn import NeighbourTable

from .frames import tangent_frames, turned
from .graph_distance import distance_matrix, farthest_points, rounded, within
from .log_map import projected_log_map
from .mesh import Mesh
from .surface import Hierarchy, Pooling, Surface
from .transport import connection_angles

FLAT = 1e-4  # below this part, a length is none and opposite normals are opposite
REACH = 2.0  # of the neighbourhoods, in units of sqrt(area of the surface / number of samples)


class Sizes(NamedTuple):
    """How large the arrays of one scale are: vertices, widths of both tables, and of the table of its clusters."""

    vertices: int
    width: int
    reverse_width: int
    members: int


@dataclass(frozen=True)
class Scale:
    """One scale, as NumPy arrays; `owner` says which vertex of the next scale stands for each vertex."""

    vertex: Int[np.ndarray, " vertices"]
    positions: Float[np.ndarray, "vertices 3"]
    frames: Float[np.ndarray, "vertices 3 3"]
    source: Int[np.ndarray, " edges"]
    target: Int[np.ndarray, " edges"]
    radius: float
    owner: Int[np.ndarray, " vertices"] | None = None

    def sizes(self) -> Sizes:
        """What this scale needs."""
        most = lambda index: int(np.bincount(index).max(initial=1)) if len(index) else 1
        members = 1 if self.owner is None else most(self.owner)
        return Sizes(len(self.vertex), most(self.target), most(self.source), members)


@dataclass(frozen=True)
class Scales:
    """A surface at several scales, finest first: what does not depend on a network, computed once.

    Build it with `scales(mesh)`; `arrays()` is what networks take.
    """

    levels: tuple[Scale, ...]

    def sizes(self) -> tuple[Sizes, ...]:
        """What each scale needs."""
        return tuple(level.sizes() for level in self.levels)

    def arrays(self, sizes: Sequence[Sizes] | None = None) -> Hierarchy:
        """The arrays of a network's input, padded to given sizes so that several surfaces make one batch."""
        sizes = self.sizes() if sizes is None else sizes
        surfaces = tuple(_surface(level, size) for level, size in zip(self.levels, sizes, strict=True))
        pairs = zip(self.levels, self.levels[1:], sizes, sizes[1:], strict=False)
        return Hierarchy(surfaces, tuple(_pooling(*pair) for pair in pairs))

    def regauged(self, angles: Float[np.ndarray, " vertices"]) -> "Scales":
        """The same surface with the frame at each of its vertices turned by an angle."""
        levels = (replace(one, frames=turned(one.frames, angles[one.vertex])) for one in self.levels)
        return Scales(tuple(levels))


def scales(
    mesh: Mesh,
    ratios: Sequence[float] = (1.0, 0.3, 0.1),
    radii: Sequence[float] | None = None,
    most: int = 16,
    key: int | None = None,
) -> Scales:
    """Sample a surface at several scales [@suk2024], with distances along the surface throughout.

    Args:
        mesh: the surface.
        ratios: share of the vertices at each scale, from 1 downwards.
        radii: of the neighbourhoods at each scale, in the unit of the positions; None takes `REACH` times the spacing.
        most: largest number of neighbours.
        key: seed of random gauges; None lets X point to each vertex's nearest neighbour.

    Example:
        >>> import numpy as np
        >>> corner = Mesh(np.array([[0.0, 0, 0], [1, 0, 0], [0, 1, 0]]), np.array([[0, 1, 2]]))
        >>> [len(level.vertex) for level in scales(corner, (1.0, 0.5)).levels]
        [3, 2]
    """
    if ratios[0] != 1 or any(b >= a for a, b in itertools.pairwise(ratios)):
        raise ValueError(f"scales expects ratios that fall from 1, got {tuple(ratios)}.")
    matrix = distance_matrix(mesh)
    counts = [max(1, int(np.ceil(ratio * mesh.vertices))) for ratio in ratios]
    coarse = sorted(set(counts[1:]))
    sampling = farthest_points(matrix, tuple(coarse)) if coarse else None
    chosen = [np.arange(mesh.vertices)] + [sampling.chosen[:n] for n in counts[1:] if sampling]
    owners = [sampling.owners[coarse.index(n)] for n in counts[1:] if sampling]
    frames = _frames(mesh, key)
    levels = []
    for i, vertex in enumerate(chosen):
        radius = REACH * np.sqrt(mesh.area / len(vertex)) if radii is None else radii[i]
        source, target = _with_directions(mesh.positions[vertex], frames[vertex], *within(matrix, vertex, radius, most))
        owner = owners[i][vertex] if i < len(owners) else None
        levels.append(Scale(vertex, mesh.positions[vertex], frames[vertex], source, target, float(radius), owner))
    return Scales(tuple(levels))


def _with_directions(
    positions: np.ndarray, frames: np.ndarray, source: np.ndarray, target: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The edges that have a direction in the tangent plane and a transport, which do not depend on the gauge."""
    n = frames[:, 2]
    d = positions[source] - positions[target]
    along = np.sum(d * n[target], axis=1, keepdims=True) * n[target]
    kept = np.linalg.norm(d - along, axis=1) > FLAT * np.linalg.norm(d, axis=1)
    kept &= np.sum(n[source] * n[target], axis=1) > FLAT - 1
    return source[kept], target[kept]


def common_sizes(several: Sequence[Scales]) -> tuple[Sizes, ...]:
    """Sizes that fit each of several surfaces, for a batch."""
    return tuple(Sizes(*np.max(level, axis=0).tolist()) for level in zip(*(s.sizes() for s in several), strict=True))


def _frames(mesh: Mesh, key: int | None) -> np.ndarray:
    towards = np.zeros(mesh.vertices, int)
    pairs = np.concatenate([mesh.edges, mesh.edges[:, ::-1]])
    length = rounded(np.linalg.norm(np.subtract(*mesh.positions[pairs.T]), axis=1))
    # nearest first, ties by position in the list: the last write wins, so the nearest is written last
    order = np.argsort(-length, kind="stable")
    towards[pairs[order, 0]] = pairs[order, 1]
    frames = tangent_frames(mesh.positions, mesh.normals, towards)
    if key is None:
        return frames
    return turned(frames, np.random.default_rng(key).uniform(0, 2 * np.pi, mesh.vertices))


def _surface(level: Scale, size: Sizes) -> Surface:
    r, theta = projected_log_map(level.positions, level.frames, level.source, level.target)
    angle = connection_angles(level.frames, level.source, level.target)
    table = NeighbourTable.from_edges(
        level.source, level.target, size.vertices, size.vertices, size.width, size.reverse_width
    )
    normals = level.frames[:, 2]
    missing = ((0, size.vertices - len(level.vertex)), (0, 0))
    padded = lambda values: jnp.asarray(np.pad(values, missing), float)
    frames = np.pad(level.frames, (*missing, (0, 0)))
    return Surface(
        padded(level.positions),
        jnp.asarray(frames, float),
        table,
        _at_slots(table, r / level.radius),
        _at_slots(table, theta),
        _at_slots(table, angle),
        jnp.arange(size.vertices) < len(normals),
    )


def _pooling(fine: Scale, coarse: Scale, size: Sizes, next_size: Sizes) -> Pooling:
    assert fine.owner is not None
    own = np.arange(len(fine.vertex))
    down = NeighbourTable.from_edges(own, fine.owner, size.vertices, next_size.vertices, size.members, 1)
    up = NeighbourTable.from_edges(fine.owner, own, next_size.vertices, size.vertices, 1, size.members)
    frames = np.concatenate([fine.frames, coarse.frames])
    angle = connection_angles(frames, own, len(fine.vertex) + fine.owner)
    return Pooling(down, up, _at_slots(down, angle), _at_slots(up, -angle))


def _at_slots(table: NeighbourTable, values: np.ndarray) -> Float[Array, " slots"]:
    return jnp.asarray(np.append(values, 0.0)[np.asarray(table.edge_of_slot)], float)


def batch(hierarchies: Sequence[Hierarchy]) -> Hierarchy:
    """Several surfaces of the same sizes as one, for `jax.vmap`."""
    return jax.tree.map(lambda *leaves: jnp.stack(leaves), *hierarchies)
