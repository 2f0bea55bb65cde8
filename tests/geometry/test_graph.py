"""Graphs as tables and as matrices."""

import jax.numpy as jnp
import numpy as np

from wellposed.geometry import Graph
from wellposed.nn import gather_sum

PAIRS = np.array([[0, 1], [1, 2], [2, 3], [3, 0], [0, 2]])


def test_the_table_sums_what_the_matrix_multiplies():
    graph = Graph.from_pairs(PAIRS, 4).with_self_loops()
    x = np.arange(4.0)
    dense = graph.matrix(np.ones(len(graph.source)))
    np.testing.assert_allclose(gather_sum(jnp.asarray(x), graph.table()), dense.T @ x)
