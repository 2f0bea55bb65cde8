"""A measurement matrix from a file, for `--operator FILE`."""

import math
import os
from pathlib import Path
from typing import NamedTuple

import numpy as np

from wellposed.errors import InputError
from wellposed.io.fields import split_field
from wellposed.io.hdf5 import read_hdf5
from wellposed.io.numpy_file import read_npy, read_npz
from wellposed.io.stack import finite

MAX_ENTRIES = 2**29  # 2 GiB in float32: beyond it a dense matrix fills the memory of a laptop


class OperatorFile(NamedTuple):
    """A linear measurement as a dense matrix: `y = matrix @ x.ravel()`, with x in row-major order.

    Attributes:
        matrix: shape (m, height * width), float32.
        in_shape: (height, width) of the picture.
        out_shape: the shape of the data; its product is m.
        source: the file.
    """

    matrix: np.ndarray
    in_shape: tuple[int, int]
    out_shape: tuple[int, ...]
    source: str


def read_operator(
    path: str | os.PathLike[str],
    in_shape: tuple[int, int] | None = None,
    out_shape: tuple[int, ...] | None = None,
    field: str | None = None,
) -> OperatorFile:
    """Read a matrix from `.npy`, `.npz` (also `scipy.sparse.save_npz`) or HDF5.

    Args:
        path: the file; `model.h5:A` names a field of an HDF5 or `.npz` file with many.
        in_shape: (height, width) of the pictures; None takes the square root of the number of columns.
        out_shape: the shape of the data, for instance (angles, detectors); None takes (rows,).
        field: the field, where `path` does not name it.

    Raises:
        InputError: no such file, another format, a damaged one, pickled or complex data, NaN or infinite
            entries, only zeros, more than 2 GiB, or numbers of rows or columns that do not fit the shapes.

    Example:
        >>> import tempfile
        >>> path = tempfile.mkdtemp() + "/A.npy"
        >>> np.save(path, np.ones((3, 4)))
        >>> read_operator(path).in_shape
        (2, 2)
    """
    file, field = split_field(path, field)
    if not file.is_file():
        raise InputError(f"{file}: expected a file with a matrix (.npy, .npz, .h5), found none: check the path")
    matrix = _checked(_read(file, field), file)
    rows, columns = matrix.shape
    in_shape = in_shape or _square(columns, file)
    out_shape = out_shape or (rows,)
    if columns != math.prod(in_shape):
        raise InputError(
            f"{file}: expected {math.prod(in_shape)} columns, one for each pixel of {in_shape}, found "
            f"{columns} (shape {matrix.shape}): {_way_out(rows, in_shape)}"
        )
    if rows != math.prod(out_shape):
        raise InputError(
            f"{file}: expected {math.prod(out_shape)} rows, one for each datum of {out_shape}, found {rows}: "
            "give another shape of the data"
        )
    return OperatorFile(matrix, in_shape, out_shape, str(path))


def _read(file: Path, field: str | None) -> np.ndarray:
    suffix = file.suffix.lower()
    if suffix == ".npy":
        return read_npy(file)
    if suffix == ".npz":
        return _read_sparse(file) if field is None and _is_sparse(file) else read_npz(file, field, (2,))
    if suffix in (".h5", ".hdf5"):
        return read_hdf5(file, field, (2,))
    raise InputError(f"{file}: expected a matrix as .npy, .npz or .h5, found '{suffix}': convert it")


def _is_sparse(file: Path) -> bool:
    import zipfile

    try:
        with zipfile.ZipFile(file) as archive:
            return {"format.npy", "shape.npy", "data.npy"} <= set(archive.namelist())
    except (OSError, zipfile.BadZipFile):
        return False  # read_npz then says what is wrong with it


def _read_sparse(file: Path) -> np.ndarray:
    import zipfile
    import zlib

    import scipy.sparse

    try:
        matrix = scipy.sparse.load_npz(file)
    except (ValueError, KeyError, OSError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise InputError(
            f"{file}: expected a sparse matrix as scipy.sparse.save_npz writes it, found a damaged one "
            f"({error}): save it anew"
        ) from None
    if math.prod(matrix.shape) > MAX_ENTRIES:
        raise _too_large(matrix.shape, file)
    return matrix.toarray()


def _checked(matrix: np.ndarray, file: Path) -> np.ndarray:
    if matrix.ndim != 2 or 0 in matrix.shape:
        raise InputError(f"{file}: expected a matrix with two axes, found shape {matrix.shape}: reshape it")
    if matrix.dtype.kind not in "biuf":
        raise InputError(
            f"{file}: expected a matrix of real numbers, found {matrix.dtype}: stack its real and imaginary parts"
        )
    if matrix.size > MAX_ENTRIES:
        raise _too_large(matrix.shape, file)
    finite(matrix, file, "the matrix")
    if not matrix.any():
        raise InputError(f"{file}: expected a matrix that measures something, found only zeros: check the file")
    return np.ascontiguousarray(matrix, np.float32)


def _too_large(shape: tuple[int, ...], file: Path) -> InputError:
    return InputError(
        f"{file}: expected at most {MAX_ENTRIES} entries in a dense matrix, found shape {shape}: use a smaller size"
    )


def _square(columns: int, file: Path) -> tuple[int, int]:
    side = math.isqrt(columns)
    if side * side != columns:
        raise InputError(
            f"{file}: expected a square number of columns, one for each pixel, found {columns}: give the "
            "shape of the pictures"
        )
    return side, side


def _way_out(rows: int, in_shape: tuple[int, int]) -> str:
    if rows == math.prod(in_shape):
        return "it fits the rows, so transpose the matrix"
    return "resize the pictures, or choose the matrix for this size"
