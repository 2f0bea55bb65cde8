"""Graphs as tables: edge lists, and the CSV layout of the Open Graph Benchmark."""

import gzip
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from wellposed.errors import InputError
from wellposed.io.labelled_graph import LabelledGraph, NodeSplit, simple_edges

EDGES, FEATURES, LABELS = ("edge.csv", "edges.csv"), ("node-feat.csv", "features.csv"), ("node-label.csv", "labels.csv")
PARTS = ("train", "valid", "test")


def read_edge_list(path: Path) -> tuple[np.ndarray, list[str]]:
    """Read the edges of a text file: a source and a target in each line, parted by a comma, a tab or blanks.

    Lines that begin with `#` or `%` and a first line of words, where all others are numbers, are skipped. What follows
    the two in a line, such as a weight, is not read.

    Args:
        path: the file, also as `.gz`.

    Returns:
        The edges as numbers of nodes, and the nodes' names: whole numbers from 0 keep their value, other names are
        numbered in the order of their sorting.

    Raises:
        InputError: a line has fewer than two words, or there is none.
    """
    rows = [line.replace(",", " ").split() for line in _lines(path)]
    for number, row in enumerate(rows, 1):
        if len(row) < 2:
            raise InputError(f"{path}: expected a source and a target in each line, found 1 word in edge {number}")
    if len(rows) > 1 and not _whole(rows[0][:2]) and all(_whole(row[:2]) for row in rows[1:]):
        rows = rows[1:]
    if not rows:
        raise InputError(f"{path}: expected edges, a source and a target in each line, found none")
    words = [row[:2] for row in rows]
    if all(_whole(pair) for pair in words):
        edges = np.array(words, np.int64)
        return edges, [str(i) for i in range(int(edges.max()) + 1)]
    names = sorted({word for pair in words for word in pair})
    number = {name: i for i, name in enumerate(names)}
    return np.array([[number[word] for word in pair] for pair in words], np.int64), names


def read_ogb(folder: Path) -> LabelledGraph:
    """Read a graph from CSV tables as the Open Graph Benchmark lays them out [@hu2020].

    The folder, or its folder `raw`, holds `edge.csv` (or `edges.csv`), `node-feat.csv` (or `features.csv`) and
    `node-label.csv` (or `labels.csv`), each also as `.gz`; edges are taken in both directions. `split/NAME/train.csv`,
    `valid.csv` and `test.csv`, or the three in the folder itself, number the nodes of the split.

    Args:
        folder: of the tables.

    Raises:
        InputError: a table is missing, or has another number of rows than there are nodes.
    """
    raw = folder / "raw" if (folder / "raw").is_dir() else folder
    edges, _ = read_edge_list(_there(raw, EDGES))
    where = _there(raw, FEATURES)
    features = _numbers(where)
    at = _there(raw, LABELS)
    labels = _numbers(at)
    nodes = len(features)
    if labels.shape != (nodes, 1):
        raise InputError(
            f"{at}: expected one label for each of {nodes} nodes, found a table {labels.shape}: correct it"
        )
    if edges.max() >= nodes:
        raise InputError(f"{where}: expected a row for each node, found {nodes} rows and an edge of node {edges.max()}")
    known = np.where(np.isfinite(labels[:, 0]), labels[:, 0], -1).astype(int)
    return LabelledGraph(features.astype(np.float32), known, simple_edges(edges), _split(folder, nodes), folder.name)


def _split(folder: Path, nodes: int) -> NodeSplit | None:
    for place in (folder, *sorted(folder.glob("split/*"))):
        files = [_found(place, (f"{part}.csv",)) for part in PARTS]
        if all(files):
            parts = [_numbers(file)[:, 0].astype(int) for file in files if file]
            for file, part in zip(files, parts, strict=True):
                if len(part) == 0 or part.min() < 0 or part.max() >= nodes:
                    raise InputError(f"{file}: expected numbers of nodes, 0 to {nodes - 1}, found others")
            return NodeSplit(*(np.unique(part) for part in parts))
    return None


def _numbers(path: Path) -> np.ndarray:
    try:
        table = np.array([[float(word or "nan") for word in line.split(",")] for line in _lines(path)])
    except ValueError as error:
        raise InputError(f"{path}: expected rows of equally many numbers, parted by commas, found {error}") from None
    return table.reshape(len(table), -1)


def _lines(path: Path) -> list[str]:
    try:
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        lines = content.decode().splitlines()
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: expected a table as text, found none that can be read ({error})") from None
    return [line for line in lines if line.strip() and line[0] not in "#%"]


def _whole(words: Sequence[str]) -> bool:
    return all(word.isdigit() for word in words)


def _found(folder: Path, names: Sequence[str]) -> Path | None:
    files = [folder / (name + end) for name in names for end in ("", ".gz")]
    return next((file for file in files if file.is_file()), None)


def _there(folder: Path, names: Sequence[str]) -> Path:
    file = _found(folder, names)
    if file is None:
        raise InputError(
            f"{folder}: expected a table {' or '.join(names)} (or .gz), found none: see the formats of graphs"
        )
    return file
