"""Many equal layers on a graph, compiled as one."""

from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from wellposed.nn import NeighbourTable

from .features import Features, dropout


class DeepGraphNetwork(eqx.Module):
    """A first layer, a stack of equal ones run under `lax.scan`, and a last one: depth costs no compilation.

    Args:
        first: from the features to the width.
        middle: `(key) -> layer` from the width to itself.
        last: from the width to the outputs.
        depth: layers, the first and the last included: at least 2.
        activation: between the layers.
        rate: of dropout before the first and the last layer.
        key: of the initial weights of the middle.

    Shapes:
        `(nodes, inputs), table -> (nodes, outputs)`.

    Example:
        >>> import numpy as np
        >>> from wellposed.geometry import Graph, gcn
        >>> pair = Graph.from_pairs(np.array([[0, 1]]), 2).with_self_loops().table()
        >>> k = jax.random.key(0)
        >>> ends = gcn(3, 4, key=k), gcn(4, 2, key=k)
        >>> net = DeepGraphNetwork(ends[0], lambda key: gcn(4, 4, key=key), ends[1], 8, jax.nn.relu, key=k)
        >>> net(jnp.ones((2, 3)), pair).shape, net.states(jnp.ones((2, 3)), pair).shape
        ((2, 2), (7, 2, 4))
    """

    first: Any
    middle: Any
    last: Any
    activation: Callable[[Array], Array] = eqx.field(static=True)
    rate: float = eqx.field(static=True)

    def __init__(
        self,
        first: Any,
        middle: Callable[[Any], Any],
        last: Any,
        depth: int,
        activation: Callable[[Array], Array],
        rate: float = 0.0,
        *,
        key: Key[Array, ""],
    ):
        if depth < 2:
            raise ValueError(f"DeepGraphNetwork expects a depth of at least 2, got {depth}.")
        self.first, self.last = first, last
        self.middle = eqx.filter_vmap(middle)(jax.random.split(key, depth - 2)) if depth > 2 else None
        self.activation, self.rate = activation, rate

    def __call__(
        self, x: Features, table: NeighbourTable, edges: None = None, *, key: Key[Array, ""] | None = None
    ) -> Float[Array, "nodes outputs"]:
        """One graph."""
        keys = (None, None) if key is None else jax.random.split(key)
        states = self.states(dropout(x, self.rate, keys[0]), table)
        return self.last(dropout(states[-1], self.rate, keys[1]), table)

    def states(self, x: Features, table: NeighbourTable) -> Float[Array, "layers nodes width"]:
        """What each layer but the last gives, after its activation."""
        start = self.activation(self.first(x, table))
        if self.middle is None:
            return start[None]
        arrays, rest = eqx.partition(self.middle, eqx.is_array)

        def layer(x: Array, arrays: Any) -> tuple[Array, Array]:
            x = self.activation(eqx.combine(arrays, rest)(x, table))
            return x, x

        _, later = jax.lax.scan(layer, start, arrays)
        return jnp.concatenate([start[None], later])
