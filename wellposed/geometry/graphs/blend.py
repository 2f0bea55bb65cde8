"""BLEND: the Beltrami flow, in which positions and features of nodes diffuse together."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Key

from wellposed.nn import NeighbourTable

from ..graph import Graph
from .diffusion_network import DiffusionNetwork
from .features import Features, glorot
from .grand import Medium


class Blend(eqx.Module):
    """Z = (U, X): positions and features flow by one diffusivity, `dZ/dt = (A(Z) - I) Z` [@chamberlain2021b].

    Args:
        network: of the joint state, whose inputs are those of X.
        positions: of the nodes, such as `diffusion_positions`.
        width: that U gets of the state's width.
        key: of the initial weights.

    Shapes:
        `(nodes, inputs), table -> (nodes, outputs)`.

    Example:
        >>> from wellposed.dynamics import Euler, Flow
        >>> from wellposed.geometry import DiffusionAttention, Graph, Grand
        >>> graph = Graph.from_pairs(np.array([[0, 1], [1, 2]]), 3).with_self_loops()
        >>> flow = Flow(Grand(), Euler(), t1=2.0, steps=2)
        >>> net = DiffusionNetwork(4, 8, 2, flow, DiffusionAttention(8, 8, 2), key=jax.random.key(0))
        >>> blend = Blend(net, diffusion_positions(graph, 2), 3, key=jax.random.key(1))
        >>> blend(jnp.ones((3, 4)), graph.table()).shape
        (3, 2)
    """

    network: DiffusionNetwork
    positions: Float[Array, "nodes coordinates"]
    embedding: Float[Array, "coordinates width"]

    def __init__(
        self,
        network: DiffusionNetwork,
        positions: Float[np.ndarray, "nodes coordinates"],
        width: int,
        *,
        key: Key[Array, ""],
    ):
        self.network, self.positions = network, jnp.asarray(positions, float)
        self.embedding = glorot(key, (positions.shape[1], width))

    def __call__(
        self, x: Features, table: NeighbourTable, edges: None = None, *, key: Key[Array, ""] | None = None
    ) -> Float[Array, "nodes outputs"]:
        """One graph."""
        keys = (None, None) if key is None else jax.random.split(key)
        state, medium = self.start(self.network.ends.dropped(x, keys[0]), table)
        return self.network.ends.decoded(self.network.flow(state, medium), keys[1])

    def start(self, x: Features, table: NeighbourTable) -> tuple[Float[Array, "nodes width"], Medium]:
        """Z(0), and where it diffuses."""
        fixed = jax.lax.stop_gradient(self.positions)
        of_x = self.network.ends.encoded(x, skip=self.embedding.shape[1])
        of_x = jax.nn.relu(of_x) if self.network.rectified else of_x
        state = jnp.concatenate([fixed @ self.embedding, of_x], axis=1)
        attention = self.network.attention
        return state, Medium(table, None if attention is None else attention(state, table), state)


def diffusion_positions(
    graph: Graph, coordinates: int, teleport: float = 0.05
) -> Float[np.ndarray, "nodes coordinates"]:
    """Positions of the nodes by personalised PageRank: the leading directions of `a (I - (1 - a) P)^-1`.

    P is the symmetric normalisation of the adjacency, so that the directions are its leading eigenvectors, each times
    the square root of what the filter makes of its eigenvalue, and the distance of nodes that of their diffusions.

    Args:
        graph: undirected.
        coordinates: how many.
        teleport: a.

    Returns:
        The positions, in order of their weight; signs are fixed by the largest entry.

    Example:
        >>> path = Graph.from_pairs(np.array([[0, 1], [1, 2]]), 3)
        >>> diffusion_positions(path, 1).shape
        (3, 1)
    """
    from scipy.sparse import diags_array
    from scipy.sparse.linalg import eigsh

    if not 0 < coordinates < graph.nodes:
        raise ValueError(f"diffusion_positions expects 1 to {graph.nodes - 1} coordinates, got {coordinates}.")
    matrix = graph.matrix(np.ones(len(graph.source)))
    root = diags_array(1 / np.sqrt(np.maximum(matrix.sum(0), 1)))
    start = np.random.default_rng(0).normal(size=graph.nodes)
    values, vectors = eigsh(root @ matrix @ root, k=coordinates, which="LA", v0=start)
    order = np.argsort(-values)
    vectors = vectors[:, order] * np.sign(vectors[np.abs(vectors).argmax(0), np.arange(coordinates)])[None, order]
    return vectors * np.sqrt(teleport / (1 - (1 - teleport) * values[order]))[None] * graph.nodes**0.5
