"""Distances along a surface: sampling, clusters and neighbourhoods that never cross to another wall."""

from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float, Int

from .mesh import Mesh

CHUNK = 256


def distance_matrix(mesh: Mesh) -> Any:
    """The sparse matrix of the lengths of edges, and of diagonals across an edge with its two faces laid flat.

    The diagonals bring the shortest path through the graph close to the shortest path along the surface. Lengths are
    rounded to a billionth of their mean, so that sums of them are exact: equal distances stay equal after a motion of
    the surface, and no choice between them depends on rounding.
    """
    from scipy.sparse import coo_array

    pairs, lengths = [mesh.edges], [np.linalg.norm(np.subtract(*mesh.positions[mesh.edges.T]), axis=1)]
    ends, opposite = _hinges(mesh)
    if len(ends):
        pairs.append(opposite)
        lengths.append(_flat_diagonals(mesh.positions, ends, opposite))
    (i, j), values = np.concatenate(pairs).T, rounded(np.concatenate(lengths))
    # of a pair that is joined twice (the two diagonals of a pillow) the shorter length counts
    order = np.lexsort((values, j, i))
    first = np.append(True, np.any(np.diff(np.stack([i, j])[:, order], axis=1) != 0, axis=0))
    i, j, values = i[order][first], j[order][first], values[order][first]
    shape = (mesh.vertices, mesh.vertices)
    return coo_array((np.append(values, values), (np.append(i, j), np.append(j, i))), shape=shape).tocsr()


def rounded(lengths: Float[np.ndarray, " some"]) -> Float[np.ndarray, " some"]:
    """Multiples of a power of two, about a billionth of the mean length."""
    step = 2.0 ** (np.floor(np.log2(lengths.mean())) - 30)
    return np.maximum(np.round(lengths / step), 1) * step


class Sampling(NamedTuple):
    """Some vertices, and for each vertex the nearest of them.

    Args:
        chosen: indices of the samples, in the order in which they were found.
        owners: for each asked number of samples, the position in `chosen` of the one nearest to each vertex.
    """

    chosen: Int[np.ndarray, " samples"]
    owners: tuple[Int[np.ndarray, " vertices"], ...]


def farthest_points(matrix: Any, counts: tuple[int, ...], first: int = 0) -> Sampling:
    """Farthest point sampling: each next sample is the vertex that is farthest from those before it [@moenning2003].

    Distances run along the surface, so that both walls of a thin vessel are sampled, and no cluster holds vertices of
    both. A part that hangs together with no sample is infinitely far, so it gets one.

    Args:
        matrix: of `distance_matrix`.
        counts: how many samples, increasing; the owners are kept for each number.
        first: the first sample.
    """
    from scipy.sparse.csgraph import dijkstra

    vertices = matrix.shape[0]
    distance, owner = np.full(vertices, np.inf), np.zeros(vertices, int)
    chosen, owners = [], []
    nearest = first
    for k in range(max(counts)):
        chosen.append(nearest)
        reach = distance.max()
        found = dijkstra(matrix, indices=nearest, limit=reach)
        closer = found < distance
        distance[closer], owner[closer] = found[closer], k
        if k + 1 in counts:
            owners.append(owner.copy())
        nearest = int(np.argmax(distance))
    return Sampling(np.array(chosen), tuple(owners))


def within(
    matrix: Any, chosen: Int[np.ndarray, " samples"], radius: float, most: int
) -> tuple[Int[np.ndarray, " edges"], Int[np.ndarray, " edges"]]:
    """Source and target of the edges between samples at most a radius apart along the surface.

    Args:
        matrix: of `distance_matrix`.
        chosen: the samples, as vertices.
        radius: largest length of a path.
        most: of the edges that end in a target the shortest `most` are kept. No sample has an edge to itself.

    Returns:
        Positions in `chosen`.
    """
    from scipy.sparse.csgraph import dijkstra

    sources, targets = [], []
    for start in range(0, len(chosen), CHUNK):
        some = chosen[start : start + CHUNK]
        found = dijkstra(matrix, indices=some, limit=radius)[:, chosen]
        found[np.arange(len(some)), start + np.arange(len(some))] = np.inf
        keep = min(most, len(chosen))
        nearest = np.argsort(found, axis=1, kind="stable")[:, :keep]
        row, column = np.nonzero(np.isfinite(np.take_along_axis(found, nearest, axis=1)))
        targets.append(start + row)
        sources.append(nearest[row, column])
    return np.concatenate(sources), np.concatenate(targets)


def _hinges(mesh: Mesh) -> tuple[np.ndarray, np.ndarray]:
    """Of each edge with two faces its ends and the two vertices opposite to it."""
    f = mesh.faces
    edges = np.sort(np.concatenate([f[:, [0, 1]], f[:, [1, 2]], f[:, [2, 0]]]), axis=1)
    opposite = np.concatenate([f[:, 2], f[:, 0], f[:, 1]])
    order = np.lexsort((edges[:, 1], edges[:, 0]))
    edges, opposite = edges[order], opposite[order]
    twice = np.flatnonzero(np.all(edges[1:] == edges[:-1], axis=1))
    across = np.sort(np.stack([opposite[twice], opposite[twice + 1]], axis=1), axis=1)
    proper = across[:, 0] != across[:, 1]
    return edges[twice][proper], across[proper]


def _flat_diagonals(x: Float[np.ndarray, "vertices 3"], ends: np.ndarray, opposite: np.ndarray) -> np.ndarray:
    """Length of the path between two opposite vertices when both faces lie in one plane, at least through the edge."""
    a, b = x[ends.T]
    along = (b - a) / np.linalg.norm(b - a, axis=1, keepdims=True)
    place = []
    for c in x[opposite.T]:
        t = np.sum((c - a) * along, axis=1)
        place.append((t, np.linalg.norm(c - a - t[:, None] * along, axis=1)))
    (t, h), (s, g) = place
    crossing = (t * g + s * h) / np.maximum(h + g, 1e-300)
    length = np.linalg.norm(b - a, axis=1)
    straight = np.hypot(t - s, h + g)
    around = np.minimum(np.hypot(t, h) + np.hypot(s, g), np.hypot(t - length, h) + np.hypot(s - length, g))
    return np.where((crossing >= 0) & (crossing <= length), straight, around)
