"""Planetoid's files as Python 2 pickled them."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np


def text(value):
    """A string of Python 2."""
    content = value.encode("latin1") if isinstance(value, str) else value
    return b"T" + len(content).to_bytes(4, "little") + content


def dtype_of(code, order=b"<"):
    return (
        b"cnumpy\ndtype\n("
        + text(code)
        + b"K\x00K\x01tR(K\x03"
        + text(order)
        + b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xff"
        b"K\x00tb"
    )


def array(values, code=None, content=None):
    values = np.asarray(values)
    shape = b"".join(b"J" + n.to_bytes(4, "little") for n in values.shape)
    content = text(values.tobytes()) if content is None else content
    head = b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(K\x00t" + text("b") + b"tR"
    return head + b"(K\x01(" + shape + b"t" + dtype_of(code or values.dtype.str[1:]) + b"I00\n" + content + b"tb"


def sparse(table):
    from scipy.sparse import csr_array

    matrix = csr_array(table)
    parts = {"data": matrix.data, "indices": matrix.indices.astype("i4"), "indptr": matrix.indptr.astype("i4")}
    state = b"".join(text(name) + array(values) for name, values in parts.items())
    shape = b"(" + b"".join(b"J" + n.to_bytes(4, "little") for n in table.shape) + b"t"
    head = b"\x80\x02cscipy.sparse.csr\ncsr_matrix\n)\x81}("
    return head + state + text("_shape") + shape + b"ub."


def lists(graph):
    items = b"".join(
        b"K" + bytes([i]) + b"](" + b"".join(b"K" + bytes([j]) for j in js) + b"e" for i, js in graph.items()
    )
    return b"\x80\x02ccollections\ndefaultdict\n(c__builtin__\nlist\ntR(" + items + b"u."


def write_planetoid(
    folder: Path,
    name: str,
    features: np.ndarray,
    classes: np.ndarray,
    train: int,
    test: Sequence[int],
    graph: Mapping[int, Sequence[int]],
) -> None:
    """Eight files: the last rows of both tables are those of the nodes of `test`, in its order."""
    known = len(features) - len(test)
    for letter, table in (("x", features), ("y", classes)):
        for part, rows in ((letter, table[:train]), (f"all{letter}", table[:known]), (f"t{letter}", table[known:])):
            content = sparse(rows) if letter == "x" else b"\x80\x02" + array(rows) + b"."
            (folder / f"ind.{name}.{part}").write_bytes(content)
    (folder / f"ind.{name}.graph").write_bytes(lists(graph))
    (folder / f"ind.{name}.test.index").write_text("".join(f"{node}\n" for node in test))
