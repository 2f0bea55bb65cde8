"""A graph: nodes and edges with lengths."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from wellposed.nn import NeighbourTable


@dataclass(frozen=True)
class Graph:
    """Directed edges between nodes.

    Example:
        >>> import numpy as np
        >>> Graph.from_pairs(np.array([[0, 1], [1, 2]]), 3).table().degrees().tolist()
        [1, 2, 1]
    """

    source: Int[np.ndarray, " edges"]
    target: Int[np.ndarray, " edges"]
    nodes: int

    @staticmethod
    def from_pairs(pairs: Int[np.ndarray, "pairs 2"], nodes: int) -> "Graph":
        """The undirected graph of some pairs: each becomes two edges."""
        return Graph(np.concatenate([pairs[:, 0], pairs[:, 1]]), np.concatenate([pairs[:, 1], pairs[:, 0]]), nodes)

    def with_self_loops(self) -> "Graph":
        """With an edge from each node to itself."""
        own = np.arange(self.nodes)
        return Graph(np.append(self.source, own), np.append(self.target, own), self.nodes)

    def table(self, width: int | None = None, reverse_width: int | None = None) -> NeighbourTable:
        """For `gather_sum`."""
        return NeighbourTable.from_edges(self.source, self.target, self.nodes, self.nodes, width, reverse_width)

    def matrix(self, lengths: Float[np.ndarray, " edges"]):
        """The sparse matrix of the lengths, for SciPy's graph algorithms."""
        from scipy.sparse import csr_array

        return csr_array((lengths, (self.source, self.target)), shape=(self.nodes, self.nodes))
