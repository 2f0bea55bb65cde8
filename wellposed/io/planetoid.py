"""Planetoid's files of citation graphs, which are pickles: read without running what they may say."""

import io
import math
import pickle
import pickletools
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np

from wellposed.errors import InputError
from wellposed.io.labelled_graph import LabelledGraph, NodeSplit, simple_edges

PARTS = ("x", "tx", "allx", "y", "ty", "ally", "graph", "test.index")
VALIDATION = 500  # nodes after those to learn from, as published
CELLS_BYTES = 2e9  # of the largest table that is written out
OBJECTS = 32  # that one file builds; the published ones build no more than a dozen
WHERE = "https://github.com/kimiyoung/planetoid/tree/master/data"


def read_planetoid(path: Path) -> LabelledGraph:
    """Read a citation graph with the public split of Planetoid [@yang2016].

    The eight files `ind.NAME.x`, `.tx`, `.allx`, `.y`, `.ty`, `.ally`, `.graph` and `.test.index` are pickles of Python
    2. A pickle is a program; here it may build six kinds of things that the published files hold and nothing else, and
    none of these is built by numpy or SciPy: arrays come from their bytes, numbers only.

    Args:
        path: `FOLDER/NAME`, such as `planetoid/cora`; or the folder, if it holds one graph.

    Returns:
        A `LabelledGraph`: the split learns from the nodes of `y`, chooses by the next 500, and judges on those of
        `test.index`. Nodes of the test range that the files leave out (in Citeseer) have zero features and label -1.

    Raises:
        InputError: a file is missing, damaged, or asks for something else than numbers and lists.
    """
    folder, name = _place(Path(path))
    parts = {part: _unpickled(folder / f"ind.{name}.{part}") for part in PARTS[:-1]}
    where = folder / f"ind.{name}.test.index"
    order = _test_index(where)
    tables = {part: _table(folder / f"ind.{name}.{part}", parts[part]) for part in PARTS[:-2]}
    _check_fit(folder / f"ind.{name}", tables, order)
    known = len(tables["allx"])
    nodes = max(known, int(order.max()) + 1)
    features = np.zeros((nodes, tables["allx"].shape[1]), np.float32)
    classes = np.zeros((nodes, tables["ally"].shape[1]), np.float32)
    features[:known], features[order] = tables["allx"], tables["tx"]
    classes[:known], classes[order] = tables["ally"], tables["ty"]
    labels = np.where(classes.any(1), classes.argmax(1), -1)
    first = len(tables["y"])
    split = NodeSplit(np.arange(first), np.arange(first, min(first + VALIDATION, known)), np.sort(order))
    return LabelledGraph(features, labels, _edges(folder / f"ind.{name}.graph", parts["graph"], nodes), split, name)


def _check_fit(stem: Path, tables: dict[str, np.ndarray], order: np.ndarray) -> None:
    """Refuse files that are not of one graph."""
    rows = {part: len(table) for part, table in tables.items()}
    widths = {part: table.shape[1] for part, table in tables.items()}
    known = rows["allx"]
    if (rows["tx"], rows["ty"], rows["ally"]) != (len(order), len(order), known) or order.min() < known:
        raise InputError(
            f"{stem}.test.index: expected {rows['tx']} nodes to judge on, numbered from {known}, as the other files "
            f"say ({rows['ty']} rows in ty, {rows['ally']} in ally), found {len(order)} from {int(order.min())}: "
            f"get the files anew from {WHERE}"
        )
    if order.max() >= known + 2 * len(order):
        raise _unfit(f"{stem}.test.index", f"numbers below {known + 2 * len(order)}", f"{int(order.max())}")
    if not 0 < rows["x"] == rows["y"] < known:
        found = f"{rows['x']} in x and {rows['y']} in y"
        raise _unfit(f"{stem}.y", f"as many rows as x has, fewer than the {known} of allx", found)
    for whole, others in (("allx", ("x", "tx")), ("ally", ("y", "ty"))):
        for part in others:
            if widths[part] != widths[whole]:
                raise _unfit(f"{stem}.{part}", f"{widths[whole]} columns, as {whole} has", f"{widths[part]}")
    if not np.array_equal(tables["y"], tables["ally"][: rows["y"]]):
        raise _unfit(f"{stem}.y", "the first rows of ally", "others")


def _unfit(where: str, expected: str, found: str) -> InputError:
    return InputError(f"{where}: expected {expected}, found {found}: get the files anew from {WHERE}")


def _place(path: Path) -> tuple[Path, str]:
    if not path.is_dir():
        if not (path.parent / f"ind.{path.name}.x").is_file():
            raise InputError(
                f"{path}: expected {path.parent}/ind.{path.name}.x and seven more files of Planetoid, "
                f"found none: get them from {WHERE}"
            )
        return path.parent, path.name
    names = sorted(file.name.split(".")[1] for file in path.glob("ind.*.graph"))
    if len(names) != 1:
        found = f"those of {', '.join(names)}" if names else "none"
        raise InputError(f"{path}: expected the files of one graph of Planetoid, found {found}: say {path}/NAME")
    return path, names[0]


class _Refused(Exception):
    """What a pickle asked for and does not get."""


class _Dtype:
    """`numpy.dtype`, for numbers alone."""

    def __init__(self, code: Any, *flags: Any):
        number = isinstance(code, str) and re.fullmatch("[<>|=]?[biuf][0-9]+", code)
        self.dtype = np.dtype(code) if number else None

    def __setstate__(self, state: tuple) -> None:
        if self.dtype is not None and state[1] in ("<", ">"):
            self.dtype = self.dtype.newbyteorder(state[1])


class _Array:
    """`numpy.ndarray`, from its bytes."""

    array = np.zeros(0)

    def __setstate__(self, state: tuple) -> None:
        _, shape, dtype, fortran, content = state
        if not isinstance(dtype, _Dtype) or dtype.dtype is None:
            raise _Refused("an array of Python objects")
        content = content.encode("latin1") if isinstance(content, str) else content
        flat = np.frombuffer(content, dtype.dtype).astype(dtype.dtype.newbyteorder("="))
        self.array = flat.reshape(shape, order="F" if fortran else "C")


class _Reconstruct:
    """`numpy.core.multiarray._reconstruct`: the empty array that gets its state next."""

    def __new__(cls, *of: Any) -> Any:
        return _Array()

    def __setstate__(self, state: Any) -> None: ...


class _Sparse:
    """`scipy.sparse.csr_matrix`, by its attributes."""

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.shape: tuple = state.get("_shape", state.get("shape", ()))
        self.data, self.indices, self.indptr = (state[name].array for name in ("data", "indices", "indptr"))

    def dense(self) -> np.ndarray:
        from scipy.sparse import csr_array

        matrix = csr_array((self.data, self.indices, self.indptr), shape=self.shape)
        matrix.check_format()
        cells = math.prod(int(n) for n in self.shape)
        if cells * matrix.dtype.itemsize > CELLS_BYTES:
            raise ValueError(f"a table of {cells} numbers, more than {CELLS_BYTES:g} bytes")
        return matrix.toarray()


class _List(list):
    """`list`, empty: to copy another would let a short file fill the memory."""

    def __init__(self):
        super().__init__()


class _Lists(defaultdict):
    """`collections.defaultdict`, empty, for the same reason."""

    def __init__(self, of: type):
        super().__init__(of)


# classes alone: a pickle can change neither them nor what they call, for their state is not set through the class
_ALLOWED: dict[tuple[str, str], type] = {
    ("numpy.core.multiarray", "_reconstruct"): _Reconstruct,
    ("numpy", "ndarray"): _Array,
    ("numpy", "dtype"): _Dtype,
    ("scipy.sparse.csr", "csr_matrix"): _Sparse,
    ("collections", "defaultdict"): _Lists,
    ("__builtin__", "list"): _List,
}


class _Restricted(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> type:
        if (module, name) not in _ALLOWED:
            raise _Refused(f"{module}.{name}")
        return _ALLOWED[module, name]


def _unpickled(path: Path) -> Any:
    try:
        content = path.read_bytes()
        _check_size(content)
        # fix_imports would take Python 2's names for those of 3, which are not on the list
        return _Restricted(io.BytesIO(content), encoding="latin1", fix_imports=False).load()
    except FileNotFoundError:
        raise InputError(f"{path}: expected a file of Planetoid, found none: get all eight from {WHERE}") from None
    except _Refused as error:
        raise InputError(
            f"{path}: expected arrays of numbers and lists, found {error}, which is refused because unpickling runs "
            f"code: get the file from {WHERE}"
        ) from None
    except Exception as error:  # a damaged pickle fails in any way
        raise _damaged(path, error) from None


def _check_size(content: bytes) -> None:
    """Refuse a program that would need far more memory or time than its length says.

    The unpickler makes room for the largest number of its memo, and each object that is built may copy what others
    hold.
    """
    built = 0
    for code, argument, _ in pickletools.genops(content):
        if code.name.endswith(("PUT", "GET")) and int(argument or 0) not in range(len(content)):
            raise ValueError(f"number {argument} in the memo of a file of {len(content)} bytes")
        built += code.name in ("REDUCE", "BUILD", "NEWOBJ", "NEWOBJ_EX", "OBJ", "INST")
        if built > OBJECTS:
            raise ValueError(f"more than {OBJECTS} objects")


def _damaged(path: Path, error: object) -> InputError:
    return InputError(f"{path}: expected a whole file of Planetoid, found a damaged one ({error}): get it from {WHERE}")


def _table(path: Path, found: Any) -> np.ndarray:
    try:
        table = found.dense() if isinstance(found, _Sparse) else found.array
        if table.ndim != 2 or not np.isfinite(table).all():
            raise ValueError(f"shape {table.shape}")
    except Exception as error:  # what the pickle built may be anything
        raise _damaged(path, error) from None
    return table


def _test_index(path: Path) -> np.ndarray:
    try:
        index = np.array([int(line) for line in path.read_text().split()])
    except (OSError, ValueError) as error:
        raise _damaged(path, error) from None
    if not len(index) or len(np.unique(index)) != len(index):
        raise _damaged(path, "numbers of nodes that repeat, or none")
    return index


def _edges(path: Path, found: Any, nodes: int) -> np.ndarray:
    try:
        entries, most = sum(len(others) for others in found.values()), path.stat().st_size
        if entries > most:  # one list that is there many times
            raise ValueError(f"{entries} neighbours in {most} bytes")
        pairs = np.array([(int(i), int(j)) for i, others in found.items() for j in others], np.int64).reshape(-1, 2)
    except Exception as error:  # as above
        raise _damaged(path, error) from None
    if len(pairs) and not 0 <= pairs.min() <= pairs.max() < nodes:
        raise _damaged(path, f"an edge of node {int(pairs.max())} among {nodes}")
    return simple_edges(pairs)
