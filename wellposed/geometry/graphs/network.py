"""Layers on a graph, one after the other."""

from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
from jaxtyping import Array, Float, Key

from wellposed.nn import NeighbourTable

from .features import Features, dropout


class GraphNetwork(eqx.Module):
    """x -> layer_L(... a(layer_1(x))), with dropout before each layer where there is a key.

    Args:
        layers: such as `gcn(...)`: `(x, table, edges, key=...) -> y`.
        activation: a, between the layers.
        rate: of dropout.

    Shapes:
        `(nodes, inputs), table -> (nodes, outputs)`.

    Example:
        >>> import jax.numpy as jnp, numpy as np
        >>> from wellposed.geometry import Graph, gcn
        >>> pair = Graph.from_pairs(np.array([[0, 1]]), 2).with_self_loops().table()
        >>> layers = tuple(gcn(n, 4, key=jax.random.key(n)) for n in (3, 4))
        >>> GraphNetwork(layers, jax.nn.relu)(jnp.ones((2, 3)), pair).shape
        (2, 4)
    """

    layers: tuple[Any, ...]
    activation: Callable[[Array], Array] = eqx.field(static=True)
    rate: float = eqx.field(static=True, default=0.0)

    def __call__(
        self, x: Features, table: NeighbourTable, edges: Array | None = None, *, key: Key[Array, ""] | None = None
    ) -> Float[Array, "nodes outputs"]:
        """One graph."""
        return self.states(x, table, edges, key=key)[-1]

    def states(
        self, x: Features, table: NeighbourTable, edges: Array | None = None, *, key: Key[Array, ""] | None = None
    ) -> list[Array]:
        """What each layer gives, before the activation."""
        keys = [None] * (2 * len(self.layers)) if key is None else list(jax.random.split(key, 2 * len(self.layers)))
        states = []
        for i, layer in enumerate(self.layers):
            x = self.activation(states[-1]) if states else x
            states.append(layer(dropout(x, self.rate, keys[2 * i]), table, edges, key=keys[2 * i + 1]))
        return states
