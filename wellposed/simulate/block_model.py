"""A graph of communities whose nodes have noisy features."""

import numpy as np

from wellposed.io import LabelledGraph, NodeSplit, simple_edges


def block_model(
    nodes: int = 1500,
    classes: int = 5,
    features: int = 32,
    inside: float = 8.0,
    outside: float = 2.0,
    signal: float = 1.0,
    train: int = 20,
    validation: int = 300,
    seed: int = 0,
) -> LabelledGraph:
    """Draw a contextual stochastic block model [@deshpande2018]: neither its edges nor its features tell all.

    A node has about `inside` neighbours of its own class and `outside` of others; degrees are spread by a factor that
    is log-normal, so that there are hubs. Its features are its class's centre, of length `signal`, and standard normal
    noise over the root of their number.

    Args:
        nodes: how many.
        classes: how many, of equal size.
        features: of a node.
        inside: mean number of neighbours of the same class.
        outside: mean number of neighbours of another class.
        signal: length of the centres.
        train: nodes of each class to learn from.
        validation: nodes to choose by; the others are to judge on.
        seed: of the draw.

    Returns:
        A `LabelledGraph`.

    Raises:
        ValueError: the classes are too small for the split, or fewer than two.

    Example:
        >>> graph = block_model(60, 2, train=5, validation=10)
        >>> graph.features.shape, [len(part) for part in graph.split]
        ((60, 32), [10, 10, 40])
    """
    if classes < 2:
        raise ValueError(f"block_model expects at least 2 classes, got {classes}.")
    if train * classes + validation >= nodes or nodes // classes < train:
        raise ValueError(
            f"block_model expects more than {train * classes + validation} nodes for its split, got {nodes}."
        )
    rng = np.random.default_rng(seed)
    labels = rng.permutation(np.arange(nodes) % classes)
    weight = np.exp(0.6 * rng.normal(size=nodes))
    same = _pairs(rng, weight, labels, round(nodes * inside / 2), True)
    other = _pairs(rng, weight, labels, round(nodes * outside / 2), False)
    centres = rng.normal(size=(classes, features))
    centres *= signal / np.linalg.norm(centres, axis=1, keepdims=True)
    values = centres[labels] + rng.normal(size=(nodes, features)) / features**0.5
    order = rng.permutation(nodes)
    known = np.concatenate([order[labels[order] == k][:train] for k in range(classes)])
    rest = order[~np.isin(order, known)]
    split = NodeSplit(np.sort(known), np.sort(rest[:validation]), np.sort(rest[validation:]))
    edges = simple_edges(np.concatenate([same, other]))
    return LabelledGraph(values.astype(np.float32), labels, edges, split, "block model")


def _pairs(rng: np.random.Generator, weight: np.ndarray, labels: np.ndarray, count: int, same: bool) -> np.ndarray:
    """Pairs of nodes drawn by their weights, with the same class or not."""
    found = np.empty((0, 2), np.int64)
    while len(found) < count:
        drawn = rng.choice(len(labels), (4 * count + 64, 2), p=weight / weight.sum())
        alike = labels[drawn[:, 0]] == labels[drawn[:, 1]]
        found = np.concatenate([found, drawn[(alike == same) & (drawn[:, 0] != drawn[:, 1])]])
    return found[:count]
