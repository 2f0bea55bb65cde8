"""A network that diffuses: encode the nodes, flow along the graph, decode."""

import dataclasses

import equinox as eqx
import jax
from jaxtyping import Array, Float, Key

from wellposed.dynamics import Flow
from wellposed.nn import NeighbourTable

from .attention import DiffusionAttention
from .ends import Ends
from .features import Features
from .grand import Medium


class DiffusionNetwork(eqx.Module):
    """Y = relu(X(T)) W_d + b_d, X(T) the flow of a field on the graph from X(0) = F W_e + b_e [@chamberlain2021].

    With `rectified` the flow starts at X(0) = relu(F W_e + b_e): a diffusion without source then stays positive.

    Args:
        inputs: features of a node.
        width: of the state.
        outputs: numbers at each node, such as classes.
        flow: of a field that takes a `Medium`, such as `Grand`.
        attention: gives the medium its shares from X(0); None for fields that need none.
        rectified: whether the encoder ends in a relu.
        input_rate: of dropout of the features.
        rate: of dropout of X(T).
        key: of the initial weights.

    Shapes:
        `(nodes, inputs), table -> (nodes, outputs)`.

    Example:
        >>> import jax.numpy as jnp, numpy as np
        >>> from wellposed.dynamics import Euler
        >>> from wellposed.geometry import Grand, Graph
        >>> pair = Graph.from_pairs(np.array([[0, 1]]), 2).with_self_loops().table()
        >>> flow = Flow(Grand(), Euler(), t1=4.0, steps=4)
        >>> net = DiffusionNetwork(3, 8, 2, flow, DiffusionAttention(8, 8, 2), key=jax.random.key(0))
        >>> net(jnp.ones((2, 3)), pair).shape
        (2, 2)
    """

    ends: Ends
    flow: Flow
    attention: DiffusionAttention | None
    rectified: bool = eqx.field(static=True)

    def __init__(
        self,
        inputs: int,
        width: int,
        outputs: int,
        flow: Flow,
        attention: DiffusionAttention | None = None,
        *,
        rectified: bool = False,
        input_rate: float = 0.0,
        rate: float = 0.0,
        key: Key[Array, ""],
    ):
        first, last = jax.random.split(key)
        self.ends = Ends(inputs, width, outputs, input_rate, rate, keys=(first, last))
        self.flow, self.attention, self.rectified = flow, attention, rectified

    def __call__(
        self, x: Features, table: NeighbourTable, edges: None = None, *, key: Key[Array, ""] | None = None
    ) -> Float[Array, "nodes outputs"]:
        """One graph."""
        keys = (None, None) if key is None else jax.random.split(key)
        start, medium = self.start(self.ends.dropped(x, keys[0]), table)
        return self.ends.decoded(self.flow(start, medium), keys[1])

    def start(self, x: Features, table: NeighbourTable) -> tuple[Float[Array, "nodes width"], Medium]:
        """X(0), and where it diffuses."""
        state = self.ends.encoded(x)
        state = jax.nn.relu(state) if self.rectified else state
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
