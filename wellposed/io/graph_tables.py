"""Graphs as tables: edge lists, and the CSV layout of the Open Graph Benchmark."""

import gzip
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from wellposed.errors import InputError
from wellposed.io.labelled_graph import LabelledGraph, NodeSplit, is_whole, simple_edges

EDGES, FEATURES, LABELS = ("edge.csv", "edges.csv"), ("node-feat.csv", "features.csv"), ("node-label.csv", "labels.csv")
PARTS = ("train", "valid", "test")
LARGEST = 10_000_000  # number of a node of an edge list, whose nodes are all named


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
        InputError: a line has fewer than two words, or there is none, or a number is so large that its nodes have gaps.
    """
    words = _pairs(path)
    if _all_whole(words):
        edges = np.array(words, np.int64)
        most = int(edges.max())
        if most > LARGEST:
            raise InputError(
                f"{path}: expected numbers of nodes up to {LARGEST}, found {most}: number them from 0 without gaps"
            )
        return edges, [str(i) for i in range(most + 1)]
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
        InputError: a table is missing, or has another number of rows than there are nodes, or an edge, a label or the
            split has something else than whole numbers.
    """
    raw = folder / "raw" if (folder / "raw").is_dir() else folder
    of_edges = _there(raw, EDGES)
    words = _pairs(of_edges)
    if not _all_whole(words):
        wrong = next(pair for pair in words if not _whole(pair))
        raise InputError(
            f"{of_edges}: expected whole numbers of nodes, as the rows of the other tables are counted, found "
            f"'{wrong[0]},{wrong[1]}': number the nodes from 0"
        )
    where = _there(raw, FEATURES)
    features = _numbers(where)
    at = _there(raw, LABELS)
    labels = _numbers(at)
    nodes = len(features)
    if labels.shape != (nodes, 1):
        raise InputError(
            f"{at}: expected one label for each of {nodes} nodes, found a table {labels.shape}: correct it"
        )
    edges = np.array(words, np.int64)
    if edges.max() >= nodes:
        raise InputError(f"{where}: expected a row for each node, found {nodes} rows and an edge of node {edges.max()}")
    known = _whole_numbers(at, np.where(np.isfinite(labels[:, 0]), labels[:, 0], -1), -1, nodes)
    return LabelledGraph(features.astype(np.float32), known, simple_edges(edges), _split(folder, nodes), folder.name)


def _split(folder: Path, nodes: int) -> NodeSplit | None:
    for place in (folder, *sorted(folder.glob("split/*"))):
        files = [_found(place, (f"{part}.csv",)) for part in PARTS]
        if all(files):
            parts = [_whole_numbers(file, _numbers(file)[:, 0], 0, nodes) for file in files if file]
            return NodeSplit(*(np.unique(part) for part in parts))
    return None


def _whole_numbers(path: Path, values: np.ndarray, least: int, end: int) -> np.ndarray:
    wrong = values[~((values >= least) & (values < end) & (values == np.floor(values)))]
    if len(wrong):
        raise InputError(f"{path}: expected whole numbers, {least} to {end - 1}, found {wrong[0]:g}: correct it")
    return values.astype(int)


def _numbers(path: Path) -> np.ndarray:
    try:
        table = np.array([[float(word or "nan") for word in line.split(",")] for line in _lines(path)])
    except ValueError as error:
        raise InputError(f"{path}: expected rows of equally many numbers, parted by commas, found {error}") from None
    if len(table) == 0:
        raise InputError(f"{path}: expected rows of numbers, found none: get the file anew")
    return table


def _lines(path: Path) -> list[str]:
    try:
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        lines = content.decode().splitlines()
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise InputError(f"{path}: expected a table as text, found none that can be read ({error})") from None
    return [line for line in lines if line.strip() and line[0] not in "#%"]


def _whole(words: Sequence[str]) -> bool:
    return all(is_whole(word) for word in words)


def _all_whole(words: Sequence[Sequence[str]]) -> bool:
    return all(_whole(pair) for pair in words)


def _pairs(path: Path) -> list[list[str]]:
    """The source and the target of each edge, as the file has them."""
    rows = [line.replace(",", " ").split() for line in _lines(path)]
    for number, row in enumerate(rows, 1):
        if len(row) < 2:
            found = f"{len(row)} word{'s' if len(row) != 1 else ''}"
            raise InputError(f"{path}: expected a source and a target in each line, found {found} in edge {number}")
    pairs = [row[:2] for row in rows]
    if len(pairs) > 1 and not _whole(pairs[0]) and _all_whole(pairs[1:]):
        pairs = pairs[1:]
    if not pairs:
        raise InputError(f"{path}: expected edges, a source and a target in each line, found none")
    return pairs


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
