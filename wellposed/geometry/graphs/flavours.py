"""The three flavours of graph layers as one: f(x_i) = phi(x_i, sum over j of psi)."""

import abc
from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from wellposed.nn import NeighbourTable, gather_sum, slot_softmax, sum_slots, targets_to_slots, to_slots

from .features import Bag, Features, dropout

EdgeFeatures = Float[Array, "slots edge_features"]


class AbstractFlavour(eqx.Module):
    """What a node hears from its neighbours, summed."""

    @abc.abstractmethod
    def __call__(
        self, x: Features, table: NeighbourTable, edges: EdgeFeatures | None, key: Key[Array, ""] | None
    ) -> Float[Array, "nodes *features"]:
        """The sum at each node."""


class GraphLayer(eqx.Module):
    """y_i = phi(x_i, sum over the neighbours j of i of psi) [@bronstein2021], whatever the flavour of psi.

    It moves with a permutation of the nodes, since the sum does not ask for an order.

    Args:
        phi: `(x, sums) -> y`, on all nodes at once.
        flavour: `Convolutional`, `Attentional` or `MessagePassing`.

    Example:
        >>> import numpy as np
        >>> path = NeighbourTable.from_edges(np.array([0, 1]), np.array([1, 0]), 2, 2)
        >>> layer = GraphLayer(lambda x, m: x + m, Convolutional(lambda x: x, lambda table, edges: None))
        >>> layer(jnp.array([[1.0], [2.0]]), path).tolist()
        [[3.0], [3.0]]
    """

    phi: Callable[[Any, Any], Array]
    flavour: AbstractFlavour

    def __call__(
        self,
        x: Features,
        table: NeighbourTable,
        edges: EdgeFeatures | None = None,
        *,
        key: Key[Array, ""] | None = None,
    ) -> Float[Array, "nodes outputs"]:
        """One graph; without a key nothing is dropped out."""
        return self.phi(x, self.flavour(x, table, edges, key))


class Convolutional(AbstractFlavour):
    """sum over j of c_ij psi(x_j), with coefficients that only the graph decides.

    Args:
        psi: `x -> values`, on all nodes at once.
        coefficients: `(table, edges) -> c` over the slots, for several heads `(slots, heads)`; None for 1.
    """

    psi: Callable[[Any], Array]
    coefficients: Callable[[NeighbourTable, Any], Array | None]

    def __call__(
        self, x: Features, table: NeighbourTable, edges: EdgeFeatures | None, key: Key[Array, ""] | None
    ) -> Float[Array, "nodes *features"]:
        """The weighted sum."""
        return gather_sum(self.psi(x), table, self.coefficients(table, edges))


class Attentional(AbstractFlavour):
    """sum over j of a(x_i, x_j) psi(x_j), with shares a that the features decide.

    Args:
        psi: `x -> (nodes, heads, width)`.
        score: `(values, table) -> (slots, heads)`, of which the softmax over the neighbours gives the shares.
        rate: of dropout of the shares.
    """

    psi: Callable[[Any], Array]
    score: Callable[[Array, NeighbourTable], Array]
    rate: float = eqx.field(static=True, default=0.0)

    def __call__(
        self, x: Features, table: NeighbourTable, edges: EdgeFeatures | None, key: Key[Array, ""] | None
    ) -> Float[Array, "nodes *features"]:
        """The sum by shares."""
        values = self.psi(x)
        shares = slot_softmax(self.score(values, table), table)
        return gather_sum(values, table, dropout(shares, self.rate, key))

    def shares(self, x: Features, table: NeighbourTable) -> Float[Array, "slots heads"]:
        """How much each edge counts."""
        return slot_softmax(self.score(self.psi(x), table), table)


class MessagePassing(AbstractFlavour):
    """sum over j of psi(x_i, x_j, e_ij): a message for each edge, any function of both its ends.

    Args:
        psi: `(x_i, x_j, e_ij) -> message`, of one edge; e_ij is None where the edges have no features.
    """

    psi: Callable[[Any, Any, Any], Array]

    def __call__(
        self, x: Features, table: NeighbourTable, edges: EdgeFeatures | None, key: Key[Array, ""] | None
    ) -> Float[Array, "nodes *features"]:
        """The sum of the messages."""
        if isinstance(x, Bag):
            raise ValueError("MessagePassing expects dense features, got a Bag: put a layer that projects before it.")
        ends = targets_to_slots(x, table), to_slots(x, table)
        messages = jax.vmap(self.psi, (0, 0, None if edges is None else 0))(*ends, edges)
        return sum_slots(messages, table)


def symmetric_coefficients(table: NeighbourTable, edges: Any = None) -> Float[Array, " slots"]:
    """1 / sqrt(d_i d_j) for each edge, d being the degrees: those of D^-1/2 A D^-1/2.

    Example:
        >>> import numpy as np
        >>> star = NeighbourTable.from_edges(np.array([0, 0, 1, 2]), np.array([1, 2, 0, 0]), 3, 3)
        >>> bool(jnp.allclose(symmetric_coefficients(star)[:2], 0.5**0.5))
        True
    """
    root = 1 / jnp.sqrt(jnp.maximum(table.degrees(), 1).astype(float))
    return targets_to_slots(root, table) * to_slots(root, table)


def mean_coefficients(table: NeighbourTable, edges: Any = None) -> Float[Array, " slots"]:
    """1 / d_i for each edge: those of the mean."""
    return targets_to_slots(1 / jnp.maximum(table.degrees(), 1).astype(float), table)
