"""Message passing with features of nodes, edges and the whole graph."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from wellposed.nn import NeighbourTable, Perceptron, sum_slots, targets_to_slots, to_slots

from .flavours import GraphLayer, MessagePassing


class Message(eqx.Module):
    """A perceptron of both ends of an edge and of what the edge has."""

    perceptron: Perceptron

    def __call__(self, mine: Array, theirs: Array, edge: Array | None) -> Array:
        """One edge."""
        return self.perceptron(jnp.concatenate([mine, theirs, *([] if edge is None else [edge])]))


class Update(eqx.Module):
    """A perceptron of a node and of what it has heard."""

    perceptron: Perceptron

    def __call__(self, x: Float[Array, "nodes inputs"], sums: Float[Array, "nodes hidden"]) -> Array:
        """All nodes."""
        return jax.vmap(self.perceptron)(jnp.concatenate([x, sums], axis=1))


def message_passing(
    inputs: int, hidden: int, outputs: int, edge_features: int = 0, *, key: Key[Array, ""]
) -> GraphLayer:
    """y_i = phi(x_i, sum over j of psi(x_i, x_j, e_ij)) with perceptrons phi, psi [@gilmer2017].

    Args:
        inputs: features of a node.
        hidden: of the messages and of the hidden layers.
        outputs: features of a node.
        edge_features: numbers at an edge.
        key: of the initial weights.

    Shapes:
        `(nodes, inputs), table, (slots, edge_features) -> (nodes, outputs)`.

    Example:
        >>> layer = message_passing(3, 8, 2, edge_features=1, key=jax.random.key(0))
        >>> layer.flavour.psi.perceptron.layers[0].weight.shape
        (8, 7)
    """
    keys = jax.random.split(key)
    message = Perceptron((2 * inputs + edge_features, hidden, hidden), jax.nn.silu, key=keys[0])
    update = Perceptron((inputs + hidden, hidden, outputs), jax.nn.silu, key=keys[1])
    return GraphLayer(Update(update), MessagePassing(Message(message)))


class InteractionNetwork(eqx.Module):
    """Nodes, edges and the graph answer one another [@battaglia2018], as interaction networks [@battaglia2016] with
    edges that answer and a graph.

    An edge becomes e' = f_e(e, x_i, x_j, g), a node x' = f_x(x, sum of its e', g), the graph g' = f_g(g, sum of x',
    sum of e').

    Args:
        nodes: features of a node.
        edges: features of an edge.
        graph: features of the graph.
        hidden: of the perceptrons.
        outputs: of e', x' and g'.
        key: of the initial weights.

    Shapes:
        `(nodes, n), table, (slots, e), (g,) -> (nodes, outputs), (slots, outputs), (outputs,)`.

    Example:
        >>> import numpy as np
        >>> from wellposed.geometry import Graph
        >>> pair = Graph.from_pairs(np.array([[0, 1]]), 2).table()
        >>> net = InteractionNetwork(3, 1, 2, 8, 4, key=jax.random.key(0))
        >>> [part.shape for part in net(jnp.ones((2, 3)), pair, jnp.ones((2, 1)), jnp.ones(2))]
        [(2, 4), (2, 4), (4,)]
    """

    of_edges: Perceptron
    of_nodes: Perceptron
    of_graph: Perceptron

    def __init__(self, nodes: int, edges: int, graph: int, hidden: int, outputs: int, *, key: Key[Array, ""]):
        keys = jax.random.split(key, 3)
        make = lambda inputs, key: Perceptron((inputs, hidden, outputs), jax.nn.silu, key=key)
        self.of_edges = make(edges + 2 * nodes + graph, keys[0])
        self.of_nodes = make(nodes + outputs + graph, keys[1])
        self.of_graph = make(graph + 2 * outputs, keys[2])

    def __call__(
        self,
        x: Float[Array, "nodes n"],
        table: NeighbourTable,
        edges: Float[Array, "slots e"],
        graph: Float[Array, " g"],
    ) -> tuple[Float[Array, "nodes outputs"], Float[Array, "slots outputs"], Float[Array, " outputs"]]:
        """One graph."""
        everywhere = lambda count: jnp.broadcast_to(graph[None], (count, len(graph)))
        ends = targets_to_slots(x, table), to_slots(x, table)
        e = jax.vmap(self.of_edges)(jnp.concatenate([edges, *ends, everywhere(table.slots)], axis=1))
        e = jnp.where(table.filled[:, None], e, 0)
        heard = sum_slots(e, table)
        x = jax.vmap(self.of_nodes)(jnp.concatenate([x, heard, everywhere(len(x))], axis=1))
        return x, e, self.of_graph(jnp.concatenate([graph, x.sum(0), e.sum(0)]))
