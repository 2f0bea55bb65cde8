"""Rewiring: the graph that a diffusion runs on need not be the graph that came."""

import numpy as np
from jaxtyping import Float

from ..graph import Graph


def diffusion_rewired(graph: Graph, neighbours: int = 16, teleport: float = 0.05) -> Graph:
    """Each node with the nodes that personalised PageRank from it visits most: graph diffusion convolution's graph.

    The weights of `a (I - (1 - a) D^-1 A)^-1` are found by the power series to 1e-4; edges that come from a node to
    itself stay, and what one end has chosen the other gets too.

    Args:
        graph: undirected; `with_self_loops` or not.
        neighbours: chosen by each node.
        teleport: a.

    Example:
        >>> path = Graph.from_pairs(np.array([[0, 1], [1, 2], [2, 3]]), 4)
        >>> diffusion_rewired(path, 3).table().degrees().tolist()
        [3, 4, 4, 3]
    """
    from scipy.sparse import csr_array, diags_array

    matrix = graph.matrix(np.ones(len(graph.source)))
    walk = csr_array(diags_array(1 / np.maximum(matrix.sum(0), 1)) @ matrix)
    source, target = [], []
    for begin in range(0, graph.nodes, 1024):
        rows = np.arange(begin, min(begin + 1024, graph.nodes))
        visits = _visits(walk, rows, teleport)
        chosen = np.argsort(-visits, axis=1, kind="stable")[:, :neighbours]
        seen = np.take_along_axis(visits, chosen, 1) > 0
        source.append(chosen[seen])
        target.append(np.repeat(rows, seen.sum(1)))
    return _both_ways(np.concatenate(source), np.concatenate(target), graph.nodes)


def attention_rewired(graph: Graph, shares: Float[np.ndarray, " edges"], kept: float = 0.9) -> Graph:
    """Without the edges that attention neglects: at each node those of the least shares go, up to 1 - `kept` in sum.

    Args:
        graph: whose edges have shares.
        shares: of each edge, of sum 1 at each target (`shares_of_edges`).
        kept: the share of attention that stays, at least.

    Example:
        >>> star = Graph(np.array([0, 1, 2]), np.array([0, 0, 0]), 3)
        >>> attention_rewired(star, np.array([0.6, 0.35, 0.05])).source.tolist()
        [0, 1]
    """
    order = np.lexsort((shares, graph.target))
    sums = np.cumsum(shares[order])
    first = np.searchsorted(graph.target[order], np.arange(graph.nodes))
    before = np.append(0, sums)[first]
    neglected = sums - before[graph.target[order]] <= 1 - kept
    stays = np.sort(order[~neglected])
    return Graph(graph.source[stays], graph.target[stays], graph.nodes)


def _visits(walk, rows: np.ndarray, teleport: float) -> np.ndarray:
    term = np.zeros((len(rows), walk.shape[0]))
    term[np.arange(len(rows)), rows] = teleport
    total = term.copy()
    for _ in range(int(np.ceil(np.log(1e-4) / np.log(1 - teleport)))):
        term = (1 - teleport) * (walk.T @ term.T).T
        total += term
    return total


def _both_ways(source: np.ndarray, target: np.ndarray, nodes: int) -> Graph:
    edges = np.unique(np.concatenate([np.stack([source, target], 1), np.stack([target, source], 1)]), axis=0)
    return Graph(edges[:, 0], edges[:, 1], nodes)
