"""The user's irregular time series, from CSV, NetCDF or HDF5, as one padded record with a mask."""

import csv
import itertools
import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float

from wellposed.errors import InputError

CSV = (".csv", ".tsv", ".txt")
ARRAYS = (".nc", ".nc4", ".cdf", ".h5", ".hdf5")
MISSING = ("", "nan", "na", "null", "none")
ID, TIME, VALUES = "series", "time", "values"


class Series(NamedTuple):
    """Time series of several lengths, each with its own times, padded to the longest.

    Attributes:
        ids: the name of each series.
        names: the name of each value.
        ts: ascending times, in the file's unit; in the padding the last one is repeated.
        values: in the file's units; 0 where there is none.
        mask: which values were observed.
    """

    ids: tuple[str, ...]
    names: tuple[str, ...]
    ts: Float[np.ndarray, "n slots"]
    values: Float[np.ndarray, "n slots size"]
    mask: Bool[np.ndarray, "n slots size"]


class _Rows(NamedTuple):
    """One row for each time of a series, in any order, and how a row is named in a sentence."""

    ids: Sequence[str]
    ts: np.ndarray
    values: np.ndarray  # NaN where missing
    names: tuple[str, ...]
    where: Sequence[str]


def read_series(path: str | os.PathLike[str]) -> Series:
    """Read irregular time series.

    CSV: a header, then one row for each time of a series: the series' name, the time, the values. What is missing is
    an empty cell. Commas, semicolons or tabs separate. The first column is the name and the second the time, whatever
    they are called.

    NetCDF-4 and HDF5, in one of two forms; NaN or `_FillValue` is missing:

        one row for each time: `series` (row), `time` (row), and every other variable (row) holds one value;
        padded: `time` (series, slot) or (slot), `values` (series, slot) or (series, slot, value), and perhaps `series`
        (series) with names. Padding is NaN in both.

    Args:
        path: the file.

    Returns:
        `Series`, in the order in which the series first appear, each sorted by time. Rows without a value are left out.

    Raises:
        InputError: no such file, another format, a cell that is no number, a time that is missing or comes twice
            in a series, or no observation at all; the sentence names the line or the row.

    Example:
        >>> import pathlib, tempfile
        >>> path = pathlib.Path(tempfile.mkdtemp()) / "two.csv"
        >>> _ = path.write_text("who,hours,pulse,lactate\\nann,0,61,\\nann,1.5,64,1.1\\nbob,0.5,,0.9\\n")
        >>> series = read_series(path)
        >>> series.ids, series.names, series.mask.tolist()[0]
        (('ann', 'bob'), ('pulse', 'lactate'), [[True, False], [True, True]])
    """
    path = Path(path)
    if not path.is_file():
        raise InputError(f"{path}: expected a file of time series, found no such file: check the path")
    if path.suffix.lower() in CSV:
        rows = _csv_rows(path)
    elif path.suffix.lower() in ARRAYS:
        rows = _array_rows(path)
    else:
        raise InputError(
            f"{path}: expected one of {', '.join((*CSV, *ARRAYS))}, found '{path.suffix}': save it in one of these"
        )
    return _padded(path, rows)


def _csv_rows(path: Path) -> _Rows:
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: expected text in UTF-8, found {error.reason}: save it in UTF-8") from None
    separator = max(",;\t", key=lines[0].count) if lines else ","
    table = [(i, row) for i, row in enumerate(csv.reader(lines, delimiter=separator), 1) if any(c.strip() for c in row)]
    header = [cell.strip() for cell in table[0][1]] if table else []
    if len(header) < 3 or len(table) < 2:
        raise InputError(
            f"{path}: expected a header and rows of a series' name, a time and at least one value, found "
            f"{len(header)} columns and {max(len(table) - 1, 0)} rows: write name,time,value"
        )
    for i, row in table:
        if len(row) != len(header):
            raise InputError(f"{path}, line {i}: expected {len(header)} cells, found {len(row)}: complete the line")
    body = table[1:]
    numbers = np.array([[_number(path, i, n, c) for n, c in zip(header[1:], row[1:], strict=True)] for i, row in body])
    where = [f"line {i}" for i, _ in body]
    return _Rows([row[0].strip() for _, row in body], numbers[:, 0], numbers[:, 1:], tuple(header[2:]), where)


def _number(path: Path, line: int, name: str, cell: str) -> float:
    if cell.strip().lower() in MISSING:
        return np.nan
    try:
        return float(cell)
    except ValueError:
        raise InputError(
            f"{path}, line {line}, column {name}: expected a number or an empty cell, found '{cell.strip()}': "
            "correct it"
        ) from None


def _array_rows(path: Path) -> _Rows:
    arrays = _variables(path)
    if TIME not in arrays:
        listing = ", ".join(f"{name} {array.shape}" for name, array in arrays.items()) or "none"
        raise InputError(
            f"{path}: expected a variable '{TIME}' beside '{VALUES}' (series, slot, value), or beside '{ID}' (row) and "
            f"values (row), found {listing}: rename them"
        )
    return _padded_rows(path, arrays) if VALUES in arrays and arrays[VALUES].ndim > 1 else _long_rows(path, arrays)


def _variables(path: Path) -> dict[str, np.ndarray]:
    import h5netcdf

    try:
        with h5netcdf.File(path, "r", phony_dims="access") as file:
            return {name: _decoded(variable) for name, variable in file.variables.items()}
    except (OSError, ValueError, RuntimeError, KeyError, TypeError) as error:
        raise InputError(
            f"{path}: expected a whole NetCDF-4 or HDF5 file, found another or a damaged one ({error}): write it anew"
        ) from None


def _decoded(variable) -> np.ndarray:
    array = np.asarray(variable[...])
    if array.dtype.kind not in "biuf":
        return array.astype(str) if array.dtype.kind != "S" else np.char.decode(array, "utf-8")
    array = array.astype(np.float64)
    for name in ("_FillValue", "missing_value"):
        fill = variable.attrs.get(name)
        array = array if fill is None else np.where(np.isin(array, np.asarray(fill, float)), np.nan, array)
    return array


def _long_rows(path: Path, arrays: dict[str, np.ndarray]) -> _Rows:
    ts = arrays[TIME]
    names = tuple(
        name for name, a in arrays.items() if name not in (ID, TIME) and a.shape == ts.shape and a.dtype.kind == "f"
    )
    if ts.ndim != 1 or ID not in arrays or arrays[ID].shape != ts.shape or not names:
        listing = ", ".join(f"{name} {array.shape}" for name, array in arrays.items())
        raise InputError(
            f"{path}: expected '{ID}', '{TIME}' and at least one variable of values, all of one length, found "
            f"{listing}: give each time of a series one row"
        )
    ids = [f"{int(i)}" if isinstance(i, float) and i.is_integer() else str(i) for i in arrays[ID].tolist()]
    values = np.stack([arrays[name] for name in names], axis=1)
    return _Rows(ids, _times(path, ts), values, names, [f"row {i}" for i in range(len(ts))])


def _padded_rows(path: Path, arrays: dict[str, np.ndarray]) -> _Rows:
    values, ts = arrays[VALUES], _times(path, arrays[TIME])
    values = values[:, :, None] if values.ndim == 2 else values
    if values.ndim != 3 or values.dtype.kind != "f" or ts.shape not in (values.shape[:2], values.shape[1:2]):
        raise InputError(
            f"{path}: expected numbers '{VALUES}' (series, slot, value) and '{TIME}' (series, slot) or (slot), found "
            f"shapes {arrays[VALUES].shape} and {ts.shape}: reshape them"
        )
    n, slots, size = values.shape
    own = (arrays[ID] if ID in arrays else np.arange(n)).tolist()
    if len(own) != n:
        raise InputError(f"{path}: expected {n} names in '{ID}', found {len(own)}: give one for each series")
    ids = [str(int(i)) if isinstance(i, float) and i.is_integer() else str(i) for i in own]
    if len(set(ids)) < n:
        raise InputError(f"{path}: expected different names in '{ID}', found one twice: rename the series")
    where = [f"slot {j} of series {i}" for i in ids for j in range(slots)]
    names = (VALUES,) if size == 1 else tuple(f"{VALUES}[{k}]" for k in range(size))
    many = np.broadcast_to(ts, (n, slots)).reshape(-1)
    return _Rows(np.repeat(ids, slots).tolist(), many, values.reshape(-1, size), names, where)


def _times(path: Path, ts: np.ndarray) -> np.ndarray:
    if ts.dtype.kind != "f":
        raise InputError(f"{path}: expected numbers in '{TIME}', found text: write times as numbers in one unit")
    return ts


def _padded(path: Path, rows: _Rows) -> Series:
    known = ~np.isnan(rows.values)
    places: dict[str, list[int]] = {}
    for i in map(int, np.flatnonzero(known.any(axis=1))):
        if not np.isfinite(rows.ts[i]) or not np.isfinite(rows.values[i][known[i]]).all():
            raise InputError(
                f"{path}, {rows.where[i]}: expected a finite time and finite values, found {rows.ts[i]:g} and "
                f"{rows.values[i].tolist()}: correct it, and leave what is missing empty"
            )
        places.setdefault(rows.ids[i], []).append(i)
    if not places:
        raise InputError(f"{path}: expected at least one observation, found none: check the columns of values")
    order = [sorted(own, key=lambda i: rows.ts[i]) for own in places.values()]
    for own in order:
        _check_distinct(path, rows, own)
    slots = max(map(len, order))
    at = np.array([own + own[-1:] * (slots - len(own)) for own in order])  # (n, slots)
    real = np.arange(slots)[None] < np.array([len(own) for own in order])[:, None]
    mask = known[at] & real[:, :, None]
    return Series(tuple(places), rows.names, rows.ts[at], np.where(mask, rows.values[at], 0.0), mask)


def _check_distinct(path: Path, rows: _Rows, own: list[int]) -> None:
    for a, b in itertools.pairwise(own):
        if rows.ts[a] == rows.ts[b]:
            raise InputError(
                f"{path}: expected each time once in a series, found {rows.ts[a]:g} twice in series {rows.ids[a]} "
                f"({rows.where[a]} and {rows.where[b]}): merge the two"
            )
