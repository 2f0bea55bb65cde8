"""The laws of diffusion on graphs as numbers that users, tests and recipes compute alike."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Key

from wellposed.nn import NeighbourTable, sum_slots, targets_to_slots, to_slots

from ..graph import Graph


def stochasticity_error(shares: Float[Array, " slots"], table: NeighbourTable) -> Float[Array, ""]:
    """How far shares are from a row-stochastic matrix: the most that a row's sum is off 1, or an entry below 0.

    Nodes without edges have no row.

    Example:
        >>> pair = NeighbourTable.from_edges(np.array([0, 1]), np.array([0, 0]), 2, 2)
        >>> float(stochasticity_error(jnp.array([0.75, 0.5, 0.0, 0.0]), pair))
        0.25
    """
    own = jnp.where(table.filled, shares, 0)
    off = jnp.where(table.degrees() > 0, jnp.abs(sum_slots(own, table) - 1), 0)
    return jnp.maximum(off.max(), -own.min())


def maximum_principle_error(states: Float[Array, "times nodes width"]) -> Float[Array, ""]:
    """How far a diffusion leaves the range of its start, over the width of that range: at most 0 where it never does.

    Each channel has its own range. The law holds for a row-stochastic A without source, under the exact flow and under
    Euler's steps of length at most 1.

    Example:
        >>> float(maximum_principle_error(jnp.array([[[0.0], [1.0]], [[0.25], [1.5]]])))
        0.5
    """
    least, most = states[0].min(0), states[0].max(0)
    beyond = jnp.maximum(least[None, None] - states, states - most[None, None])
    return (beyond / jnp.maximum(most - least, 1e-30)[None, None]).max()


def dirichlet_energy(x: Float[Array, "nodes width"], table: NeighbourTable) -> Float[Array, ""]:
    """E(x) = 1/2 sum over the edges of |x_i - x_j|^2, each direction counting half.

    Diffusion by a symmetric diffusivity lets it fall; where it vanishes, neighbours are alike.

    Example:
        >>> pair = NeighbourTable.from_edges(np.array([0, 1]), np.array([1, 0]), 2, 2)
        >>> float(dirichlet_energy(jnp.array([[0.0], [2.0]]), pair))
        2.0
    """
    difference = jnp.where(table.filled[:, None], targets_to_slots(x, table) - to_slots(x, table), 0)
    return (difference**2).sum() / 4


def smoothness(x: Float[Array, "nodes width"], table: NeighbourTable) -> Float[Array, ""]:
    """E(x) / |x - mean|^2, the energy of a state whatever its scale: 0 where all neighbours are alike.

    Example:
        >>> pair = NeighbourTable.from_edges(np.array([0, 1]), np.array([1, 0]), 2, 2)
        >>> float(smoothness(jnp.array([[0.0], [2.0]]), pair))
        1.0
    """
    spread = ((x - x.mean(0, keepdims=True)) ** 2).sum()
    return dirichlet_energy(x, table) / jnp.maximum(spread, 1e-30)


def spread(x: Float[Array, "nodes width"]) -> Float[Array, ""]:
    """|x - mean over nodes| / |x|: how much of a state tells nodes apart, 0 where over-smoothing has made them alike.

    Example:
        >>> float(spread(jnp.ones((5, 3))))
        0.0
    """
    apart = x - x.mean(0, keepdims=True)
    return jnp.sqrt((apart**2).sum() / jnp.maximum((x**2).sum(), 1e-30))


def permutation_error(
    network: Callable[[Array, NeighbourTable], Array], graph: Graph, width: int, key: Key[Array, ""]
) -> float:
    """How far a network is from following a renumbering of the nodes: max |f(P x, P G) - P f(x, G)| / max |f(x, G)|.

    Args:
        network: `(x, table) -> y`.
        graph: whose nodes are renumbered.
        width: features of a node.
        key: draws x and the permutation.

    Example:
        >>> path = Graph.from_pairs(np.array([[0, 1], [1, 2], [2, 3], [3, 4]]), 5)
        >>> broken = lambda x, table: x * jnp.arange(5)[:, None]
        >>> permutation_error(broken, path, 2, jax.random.key(0)) > 0.1
        True
    """
    keys = jax.random.split(key)
    x = jax.random.normal(keys[0], (graph.nodes, width), float)
    new = np.asarray(jax.random.permutation(keys[1], graph.nodes))  # node i is called new[i]
    old = np.argsort(new)
    y = network(x, graph.table())
    z = network(x[old], Graph(new[graph.source], new[graph.target], graph.nodes).table())
    return float(jnp.abs(z - y[old]).max() / jnp.abs(y).max())
