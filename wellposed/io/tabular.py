"""Tables of numbers: one row for each point, one column for each quantity."""

import csv
import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from wellposed.errors import InputError
from wellposed.io.atomic import write_csv
from wellposed.io.hdf5 import read_hdf5
from wellposed.io.numpy_file import read_npy

TEXT = (".csv", ".tsv", ".txt")
ARRAYS = (".npy", ".h5", ".hdf5")


class Table(NamedTuple):
    """Points with the names of their columns."""

    names: tuple[str, ...]
    values: Float[np.ndarray, "n d"]


def read_table(path: str | os.PathLike[str]) -> Table:
    """Read a table of finite numbers.

    Text (`.csv`, `.tsv`, `.txt`): commas, semicolons or tabs separate; a first line that is no numbers holds the names.
    `.npy` and HDF5 (with one dataset of two axes): an array (n, d).

    Args:
        path: the file.

    Returns:
        `Table`, in float64.

    Raises:
        InputError: no such file, another format, no row, a line of another length, or a cell that is no finite number;
            the sentence names file, row and column.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "points.csv"
        >>> _ = path.write_text("height,weight\\n1.8,75\\n1.7,66\\n")
        >>> read_table(path).values.tolist()
        [[1.8, 75.0], [1.7, 66.0]]
    """
    path = Path(path)
    if not path.is_file():
        raise InputError(f"{path}: expected a table, found no such file: check the path")
    suffix = path.suffix.lower()
    if suffix in TEXT:
        return _text(path)
    if suffix not in ARRAYS:
        raise InputError(f"{path}: expected one of {', '.join(TEXT + ARRAYS)}, found '{path.suffix}': convert it")
    values = read_npy(path) if suffix == ".npy" else read_hdf5(path, None, (2,))
    return Table(tuple(f"x{i + 1}" for i in range(values.shape[-1] if values.ndim == 2 else 0)), checked(path, values))


def write_table(path: str | os.PathLike[str], table: Table) -> None:
    """Write a table: text with a line of names, or `.npy` and HDF5 without.

    Raises:
        InputError: another suffix.
    """
    from wellposed.io.arrays import write_array

    path = Path(path)
    if path.suffix.lower() in TEXT:
        write_csv(path, list(table.names), table.values.tolist())
    else:
        write_array(path, table.values)


def checked(path: Path, values: np.ndarray, names: Sequence[str] = ()) -> Float[np.ndarray, "n d"]:
    """The values as float64, of two axes and finite.

    Raises:
        InputError: they are not; the sentence names the first cell that is no finite number.
    """
    if values.ndim != 2 or values.dtype.kind not in "biuf" or 0 in values.shape:
        raise InputError(
            f"{path}: expected numbers of shape (points, columns), found {values.dtype} of shape {values.shape}: "
            "give each point a row"
        )
    values = values.astype(np.float64)
    bad = np.argwhere(~np.isfinite(values))
    if len(bad):
        row, column = bad[0]
        name = names[column] if len(names) else str(column + 1)
        raise InputError(
            f"{path}, row {row + 1}, column {name}: expected a finite number, found {values[row, column]} "
            f"({len(np.unique(bad[:, 0]))} such rows): leave these rows out or fill them in"
        )
    return values


def _text(path: Path) -> Table:
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: expected text in UTF-8, found {error.reason}: save it in UTF-8") from None
    separator = max(",;\t", key=lines[0].count) if lines else ","
    rows = [(i, [c.strip() for c in row]) for i, row in enumerate(csv.reader(lines, delimiter=separator), 1) if row]
    if not rows:
        raise InputError(f"{path}: expected rows of numbers, found none: give each point a row")
    named = not all(_is_number(cell) for cell in rows[0][1])
    names = tuple(rows[0][1]) if named else tuple(f"x{i + 1}" for i in range(len(rows[0][1])))
    body = rows[1:] if named else rows
    for i, row in body:
        if len(row) != len(names):
            raise InputError(f"{path}, line {i}: expected {len(names)} cells, found {len(row)}: complete the line")
        for name, cell in zip(names, row, strict=True):
            if not _is_number(cell):
                raise InputError(
                    f"{path}, line {i}, column {name}: expected a number, found '{cell}': correct it or leave the row "
                    "out"
                )
    values = np.array([[float(cell) for cell in row] for _, row in body]).reshape(len(body), len(names))
    return Table(names, checked(path, values, names))


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
