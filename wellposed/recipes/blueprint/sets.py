"""Rows of permutations: graphs, sets and complete graphs."""

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Key

from wellposed.geometry import DeepSets, Transformer, gcn
from wellposed.nn import NeighbourTable

from .pictures import Flat
from .room import Labelled, Room

NODES, WIDEST = 20, 19
POINTS, KINDS = 16, 4
_WIDTH, _NODE_WIDTH = 16, 40


def graphs(seed: int, n: int, moved: bool) -> Labelled:
    """Rings with chords, random graphs and trees with hubs, of as many edges; nodes in the order of the making."""
    rng, order = np.random.default_rng((1, seed)), np.random.default_rng((2, seed))
    labels = rng.integers(3, size=n)
    tables, matrices = [], []
    for label in labels:
        a = (_ring, _random, _hubs)[label](rng)
        a = a | a.T
        if moved:
            place = order.permutation(NODES)
            a = a[np.ix_(place, place)]
        edges = np.argwhere(a | np.eye(NODES, dtype=bool))
        tables.append(NeighbourTable.from_edges(edges[:, 1], edges[:, 0], NODES, NODES, WIDEST + 1, WIDEST + 1))
        matrices.append(a)
    stacked = jax.tree.map(lambda *leaves: jnp.stack(leaves), *tables)
    return Labelled((stacked, jnp.asarray(np.array(matrices), float)), jnp.asarray(labels))


def _ring(rng: np.random.Generator) -> np.ndarray:
    a = np.roll(np.eye(NODES, dtype=bool), 1, axis=1)
    return _filled(a, rng, 2 * NODES, 3)


def _random(rng: np.random.Generator) -> np.ndarray:
    return _filled(np.zeros((NODES, NODES), bool), rng, 2 * NODES, NODES)


def _hubs(rng: np.random.Generator) -> np.ndarray:
    a = np.zeros((NODES, NODES), bool)
    for new in range(1, NODES):
        degree = (a | a.T).sum(1)[:new] + 1.0
        a[new, rng.choice(new, min(new, 2), replace=False, p=degree**1.5 / (degree**1.5).sum())] = True
    return a


def _filled(a: np.ndarray, rng: np.random.Generator, edges: int, reach: int) -> np.ndarray:
    """Random edges between nodes at most `reach` apart, until there are so many."""
    while (np.triu(a | a.T)).sum() < edges:
        i = int(rng.integers(NODES))
        j = (i + int(rng.integers(1, reach + 1))) % NODES
        if i != j:
            a[i, j] = True
    return a


class GraphClassifier(eqx.Module):
    """Two graph convolutions, and the mean and the largest over the nodes."""

    layers: tuple[Any, ...]
    answer: eqx.nn.Linear

    @classmethod
    def random(cls, key: Key[Array, ""]) -> "GraphClassifier":
        """Before training."""
        first, second, last = jax.random.split(key, 3)
        layers = (gcn(1, _NODE_WIDTH, key=first), gcn(_NODE_WIDTH, _NODE_WIDTH, key=second))
        return cls(layers, eqx.nn.Linear(2 * _NODE_WIDTH, 3, key=last))

    def __call__(self, graph: tuple[NeighbourTable, Array]) -> Float[Array, " classes"]:
        """One graph: what a node knows of itself at first is its degree."""
        table, _ = graph
        x = table.degrees().astype(self.answer.weight.dtype)[:, None] - 5
        for layer in self.layers:
            x = jax.nn.relu(layer(x, table))
        return self.answer(jnp.concatenate([x.mean(0), x.max(0)]))


class OnMatrix(eqx.Module):
    """A perceptron on the adjacency matrix."""

    net: Flat

    def __call__(self, graph: tuple[NeighbourTable, Array]) -> Float[Array, " classes"]:
        """One graph."""
        return self.net(graph[1])


def clouds(seed: int, n: int, moved: bool) -> Labelled:
    """Points of a circle, a square, a cross or a blob, in the order of their angle; moved, in any order."""
    rng, order = np.random.default_rng((1, seed)), np.random.default_rng((2, seed))
    labels = rng.integers(KINDS, size=n)
    samples = []
    for label in labels:
        angle = np.sort(rng.uniform(-np.pi, np.pi, POINTS))
        round_ = np.stack([np.cos(angle), np.sin(angle)], axis=1)
        radius = {0: 1.0, 1: 0.8 / np.abs(round_).max(1), 2: np.abs(np.cos(2 * angle)) ** 3 * 1.3}.get(
            int(label), rng.uniform(0, 1.6, POINTS)
        )
        points = round_ * np.broadcast_to(radius, POINTS)[:, None] + 0.08 * rng.normal(size=(POINTS, 2))
        samples.append(points[order.permutation(POINTS)] if moved else points)
    return Labelled(jnp.asarray(np.array(samples), float), jnp.asarray(labels))


class TransformerClassifier(eqx.Module):
    """A transformer and the mean of its elements; with positions, elements know their place."""

    net: Transformer
    positions: Float[Array, "elements 2"] | None

    def __call__(self, x: Float[Array, "elements 2"]) -> Float[Array, " classes"]:
        """One set."""
        return self.net(x if self.positions is None else x + self.positions).mean(0)


def _transformer(positions: bool) -> Any:
    def make(key: Key[Array, ""]) -> TransformerClassifier:
        for_net, for_positions = jax.random.split(key)
        places = jax.random.normal(for_positions, (POINTS, 2)) if positions else None
        return TransformerClassifier(Transformer(2, _WIDTH, KINDS, 1, 2, key=for_net), places)

    return make


PERMUTED = "in another order"
ROOMS = (
    Room(
        "GNN",
        "graph",
        "permutation",
        True,
        "nodes " + PERMUTED,
        graphs,
        GraphClassifier.random,
        lambda key: OnMatrix(Flat.of(NODES**2, 5, 3, key)),
        "perceptron on the matrix",
    ),
    Room(
        "Deep Sets",
        "set",
        "permutation",
        True,
        PERMUTED,
        clouds,
        lambda key: DeepSets(2, _WIDTH, KINDS, key=key),
        lambda key: Flat.of(2 * POINTS, 24, KINDS, key),
        "perceptron on the list",
    ),
    Room(
        "Transformer",
        "complete graph",
        "permutation",
        True,
        PERMUTED,
        clouds,
        _transformer(False),
        _transformer(True),
        "transformer with positions",
    ),
)
