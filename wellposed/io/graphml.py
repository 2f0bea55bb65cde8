"""GraphML files of labelled graphs, by networkx."""

from pathlib import Path
from typing import Any

import numpy as np

from wellposed.errors import InputError
from wellposed.io.labelled_graph import LabelledGraph, NodeSplit, is_whole, simple_edges

LABEL, SPLIT = "label", "split"
PARTS = ("train", "validation", "test")


def read_graphml(path: Path) -> LabelledGraph:
    """Read a graph whose nodes have an attribute `label` and numbers as features.

    Labels may be words or numbers; classes are numbered in their order. All other numeric attributes that every node
    has are features, in the order of their names. An attribute `split` says `train`, `validation` or `test`.

    Args:
        path: a `.graphml` file.

    Raises:
        InputError: not GraphML, or nodes without labels or features.
    """
    import networkx

    try:
        graph: Any = networkx.read_graphml(path)
    except Exception as error:  # its parser lets any through
        raise InputError(f"{path}: expected a GraphML file, found one that cannot be read ({error})") from None
    nodes = list(graph.nodes)
    number = {node: i for i, node in enumerate(nodes)}
    values = [graph.nodes[node] for node in nodes]
    words = [str(value.get(LABEL, "")) for value in values]
    classes = sorted(set(words) - {""}, key=lambda word: (not is_whole(word), int(word) if is_whole(word) else 0, word))
    if not classes:
        raise InputError(f"{path}: expected nodes with an attribute '{LABEL}', found none: add it")
    labels = np.array([classes.index(word) if word else -1 for word in words])
    names = [name for name in sorted(set.intersection(*map(set, values))) if name not in (LABEL, SPLIT)]
    names = [name for name in names if all(isinstance(value[name], int | float) for value in values)]
    if not names:
        raise InputError(f"{path}: expected nodes with numeric attributes, the features, found none that all have")
    features = np.array([[value[name] for name in names] for value in values], np.float32)
    edges = np.array([(number[a], number[b]) for a, b in graph.edges()], np.int64).reshape(-1, 2)
    return LabelledGraph(features, labels, simple_edges(edges), _split(values), path.stem)


def _split(values: list[dict[str, Any]]) -> NodeSplit | None:
    said = np.array([str(value.get(SPLIT, "")) for value in values])
    parts = [np.flatnonzero(said == part) for part in PARTS]
    return NodeSplit(*parts) if all(len(part) for part in parts) else None
