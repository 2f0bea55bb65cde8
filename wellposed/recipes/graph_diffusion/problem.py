"""The graph that is learned, on the device, and what is asked of a network on it."""

import itertools
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
from jaxtyping import Array, Float, Int, Key

from wellposed.errors import InputError
from wellposed.geometry import Bag, Features, Graph
from wellposed.io import LabelledGraph, NodeSplit, read_graph
from wellposed.nn import NeighbourTable
from wellposed.simulate import block_model

from .settings import Settings

SPARSE = 0.1  # features of which less than this share is there are a bag of words
PER_CLASS, DEVELOPMENT = 20, 1500  # of the published redrawn split
TIE = 1e-3  # how much the cross-entropy counts beside the share of errors: it decides among equals


class Problem(NamedTuple):
    """A graph with its split.

    Attributes:
        x: features.
        graph: with an edge from each node to itself.
        labels: -1 where they are not known.
        split: nodes to learn from, to choose by, to judge on.
        classes: how many.
        name: of the data.
        drawn: whether the split was drawn, since the data has none.
    """

    x: Features
    graph: Graph
    labels: Int[np.ndarray, " nodes"]
    split: NodeSplit
    classes: int
    name: str
    drawn: bool

    @property
    def inputs(self) -> int:
        """Features of a node."""
        return self.x.shape[1]


class OnNodes(eqx.Module):
    """The loss of a network on some nodes of a graph, and its score there."""

    x: Features
    table: NeighbourTable
    labels: Int[Array, " n"]
    nodes: Int[Array, " n"]

    def __call__(self, network: Any, batch: None, key: Key[Array, ""]) -> tuple[Array, dict[str, Array]]:
        """The mean cross-entropy, with dropout."""
        return self._cross_entropy(network(self.x, self.table, key=key)[self.nodes]), {}

    def score(self, network: Any) -> tuple[Float[Array, ""], Float[Array, ""]]:
        """The share of right answers and the mean cross-entropy, without dropout."""
        logits = network(self.x, self.table)[self.nodes]
        return (logits.argmax(1) == self.labels).mean(), self._cross_entropy(logits)

    def _cross_entropy(self, logits: Array) -> Array:
        return optax.softmax_cross_entropy_with_integer_labels(logits, self.labels).mean()


class Choice(eqx.Module):
    """What the validation nodes say about a network, lower is better: errors, among equals the cross-entropy."""

    on: OnNodes

    def __call__(self, network: Any) -> Float[Array, ""]:
        """One number."""
        accuracy, cross_entropy = self.on.score(network)
        return 1 - accuracy + TIE * cross_entropy


def on_nodes(problem: Problem, table: NeighbourTable, nodes: Int[np.ndarray, " n"]) -> OnNodes:
    """The task on some nodes."""
    return OnNodes(problem.x, table, jnp.asarray(problem.labels[nodes]), jnp.asarray(nodes))


def read(settings: Settings) -> LabelledGraph:
    """The user's graph, or a block model."""
    if settings.data is None:
        nodes, classes = settings.nodes, settings.classes
        train = min(20, nodes // classes // 4)
        return block_model(nodes, classes, train=train, validation=nodes // 5, seed=settings.seed)
    found = read_graph(settings.data)
    if found.classes < 2:
        raise InputError(f"{settings.data}: expected nodes with labels of two classes or more, found {found.classes}")
    return found


def problem(found: LabelledGraph, normalised: bool, seed: int) -> Problem:
    """The full graph with the split of the file, or one drawn if it has none.

    Raises:
        InputError: features that are not finite, or a split that judges on what was learned from.
    """
    split = found.split or redrawn(found.labels, seed)
    _check(found, split)
    graph = Graph(found.edges[:, 0], found.edges[:, 1], len(found.labels)).with_self_loops()
    x = _features(found.features, normalised)
    return Problem(x, graph, found.labels, split, found.classes, found.name, found.split is None)


def _check(found: LabelledGraph, split: NodeSplit) -> None:
    """Refuse what a network cannot be trained or judged on."""
    bad = np.flatnonzero(~np.isfinite(found.features).all(1))
    if len(bad):
        raise InputError(
            f"{found.name}: expected finite features, found others at node {bad[0]} and {len(bad) - 1} more: "
            "fill or remove them"
        )
    for part, nodes in split._asdict().items():
        if len(nodes) == 0:
            raise InputError(f"{found.name}: expected nodes in the {part} split, found none: add some")
        outside = nodes[(nodes < 0) | (nodes >= len(found.labels))]
        if len(outside):
            raise InputError(
                f"{found.name}: expected nodes 0 to {len(found.labels) - 1} in the {part} split, found {outside[0]}: "
                "correct it"
            )
        unknown = nodes[found.labels[nodes] < 0]
        if len(unknown):
            raise InputError(
                f"{found.name}: expected a label for each node of the {part} split, found none for node {unknown[0]} "
                f"and {len(unknown) - 1} more: take them out of it"
            )
    for one, other in itertools.combinations(split._fields, 2):
        both = np.intersect1d(getattr(split, one), getattr(split, other))
        if len(both):
            raise InputError(
                f"{found.name}: expected splits without common nodes, found node {both[0]} and {len(both) - 1} more in "
                f"{one} and {other}: leave each in one"
            )


def component(found: LabelledGraph) -> LabelledGraph:
    """The largest connected component, without a split."""
    from scipy.sparse.csgraph import connected_components

    graph = Graph(found.edges[:, 0], found.edges[:, 1], len(found.labels))
    _, part = connected_components(graph.matrix(np.ones(len(found.edges))), directed=False)
    kept = np.flatnonzero(part == np.bincount(part).argmax())
    new = np.full(len(part), -1)
    new[kept] = np.arange(len(kept))
    edges = new[found.edges]
    return LabelledGraph(found.features[kept], found.labels[kept], edges[(edges >= 0).all(1)], None, found.name)


def redrawn(labels: Int[np.ndarray, " nodes"], seed: int) -> NodeSplit:
    """Twenty nodes of each class to learn from, the rest of 1,500 to choose by, the others to judge on.

    As published with GRAND [@chamberlain2021]. Where there are no more than 1,500, half the nodes take their part, and
    no more than half of these are learned from. The development nodes are the same for all seeds.
    """
    known = np.random.default_rng(12345).permutation(np.flatnonzero(labels >= 0))
    development, test = np.split(known, [DEVELOPMENT if len(known) > DEVELOPMENT else len(known) // 2])
    order = np.random.default_rng(seed).permutation(development)
    classes = np.unique(labels[known])
    each = max(1, min(PER_CLASS, len(development) // max(2 * len(classes), 1)))
    train = np.concatenate([order[labels[order] == k][:each] for k in classes])
    return NodeSplit(np.sort(train), np.sort(np.setdiff1d(development, train)), np.sort(test))


def _features(features: np.ndarray, normalised: bool) -> Features:
    if normalised:
        features = features / np.maximum(np.abs(features).sum(1, keepdims=True), 1e-30)
    if (features != 0).mean() < SPARSE:
        return Bag.from_dense(features)
    return jax.device_put(np.asarray(features, np.float32)).astype(float)
