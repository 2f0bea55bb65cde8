"""A network that diffuses: encode the nodes, flow along the graph, decode."""

import dataclasses

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from wellposed.dynamics import Flow
from wellposed.nn import NeighbourTable

from .attention import DiffusionAttention
from .features import Features, dropout, glorot, project
from .grand import Medium


class DiffusionNetwork(eqx.Module):
    """Y = relu(X(T)) W_d + b_d, X(T) the flow of a field on the graph from X(0) = F W_e + b_e [@chamberlain2021].

    Args:
        inputs: features of a node.
        width: of the state.
        outputs: numbers at each node, such as classes.
        flow: of a field that takes a `Medium`, such as `Grand`.
        attention: gives the medium its shares from X(0); None for fields that need none.
        input_rate: of dropout of the features.
        rate: of dropout of X(T).
        key: of the initial weights.

    Shapes:
        `(nodes, inputs), table -> (nodes, outputs)`.

    Example:
        >>> import numpy as np
        >>> from wellposed.dynamics import Euler
        >>> from wellposed.geometry import Grand, Graph
        >>> pair = Graph.from_pairs(np.array([[0, 1]]), 2).with_self_loops().table()
        >>> flow = Flow(Grand(), Euler(), t1=4.0, steps=4)
        >>> net = DiffusionNetwork(3, 8, 2, flow, DiffusionAttention(8, 8, 2), key=jax.random.key(0))
        >>> net(jnp.ones((2, 3)), pair).shape
        (2, 2)
    """

    encoder: tuple[Float[Array, "inputs width"], Float[Array, " width"]]
    decoder: tuple[Float[Array, "width outputs"], Float[Array, " outputs"]]
    flow: Flow
    attention: DiffusionAttention | None
    input_rate: float = eqx.field(static=True)
    rate: float = eqx.field(static=True)

    def __init__(
        self,
        inputs: int,
        width: int,
        outputs: int,
        flow: Flow,
        attention: DiffusionAttention | None = None,
        *,
        input_rate: float = 0.0,
        rate: float = 0.0,
        key: Key[Array, ""],
    ):
        keys = jax.random.split(key)
        self.encoder = glorot(keys[0], (inputs, width)), jnp.zeros(width)
        self.decoder = glorot(keys[1], (width, outputs)), jnp.zeros(outputs)
        self.flow, self.attention = flow, attention
        self.input_rate, self.rate = input_rate, rate

    def __call__(
        self, x: Features, table: NeighbourTable, edges: None = None, *, key: Key[Array, ""] | None = None
    ) -> Float[Array, "nodes outputs"]:
        """One graph."""
        keys = (None, None) if key is None else jax.random.split(key)
        start, medium = self.start(dropout(x, self.input_rate, keys[0]), table)
        return self.decoded(self.flow(start, medium), keys[1])

    def start(self, x: Features, table: NeighbourTable) -> tuple[Float[Array, "nodes width"], Medium]:
        """X(0), and where it diffuses."""
        weight, bias = self.encoder
        state = project(weight, x) + bias[None]
        shares = None if self.attention is None else self.attention(state, table)
        return state, Medium(table, shares, state)

    def trajectory(
        self, x: Features, table: NeighbourTable, times: Float[Array, " times"] | None = None
    ) -> Float[Array, "times nodes width"]:
        """X(t) at some times, or after each step."""
        state, medium = self.start(x, table)
        return self.flow.trajectory(state, times, medium)

    def until(self, t1: float, steps: int | None) -> "DiffusionNetwork":
        """The same network with another end of time."""
        return eqx.tree_at(lambda net: net.flow, self, dataclasses.replace(self.flow, t1=t1, steps=steps))

    def decoded(
        self, end: Float[Array, "nodes width"], key: Key[Array, ""] | None = None
    ) -> Float[Array, "nodes outputs"]:
        """Y from X(T)."""
        weight, bias = self.decoder
        return dropout(jax.nn.relu(end), self.rate, key) @ weight + bias[None]
