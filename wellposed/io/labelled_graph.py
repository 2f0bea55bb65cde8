"""A graph whose nodes have features and labels: what every reader of graphs gives."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

DIGITS = 18


class NodeSplit(NamedTuple):
    """Nodes to learn from, to choose by and to judge on."""

    train: Int[np.ndarray, " n"]
    validation: Int[np.ndarray, " k"]
    test: Int[np.ndarray, " m"]


class LabelledGraph(NamedTuple):
    """A graph as a file has it.

    Attributes:
        features: a row for each node.
        labels: the class of each node, from 0; -1 where it is not known.
        edges: source and target of each edge, without repetitions and without edges from a node to itself. Edges of an
            undirected graph are there in both directions.
        split: which nodes are for what, where the file says so.
        name: of the graph.
    """

    features: Float[np.ndarray, "nodes features"]
    labels: Int[np.ndarray, " nodes"]
    edges: Int[np.ndarray, "edges 2"]
    split: NodeSplit | None = None
    name: str = "graph"

    @property
    def classes(self) -> int:
        """How many classes there are."""
        return int(self.labels.max(initial=-1)) + 1


def simple_edges(edges: Int[np.ndarray, "edges 2"], undirected: bool = True) -> Int[np.ndarray, "simple 2"]:
    """Each edge once, none from a node to itself; of an undirected graph in both directions, sorted.

    Example:
        >>> simple_edges(np.array([[0, 1], [1, 0], [2, 2]])).tolist()
        [[0, 1], [1, 0]]
    """
    edges = np.asarray(edges, np.int64).reshape(-1, 2)
    if undirected:
        edges = np.concatenate([edges, edges[:, ::-1]])
    return np.unique(edges[edges[:, 0] != edges[:, 1]], axis=0)


def is_whole(word: str) -> bool:
    """Whether a word is a whole number from 0 that fits 64 bits; digits of other scripts and `²` are none.

    Example:
        >>> is_whole("10"), is_whole("10.0"), is_whole("²"), is_whole(20 * "9")
        (True, False, False, False)
    """
    return word.isascii() and word.isdecimal() and len(word) <= DIGITS
