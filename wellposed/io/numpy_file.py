"""NumPy's `.npy` and `.npz` files, never unpickled."""

import zipfile
import zlib
from pathlib import Path

import numpy as np

from wellposed.errors import InputError
from wellposed.io.fields import Entry, choose_field
from wellposed.io.stack import Stack, stack_from_array


def read_npy(path: Path) -> np.ndarray:
    """Read the array of an `.npy` file.

    Raises:
        InputError: not a NumPy file, a truncated one, or one of Python objects (refused: unpickling runs
            code).
    """
    try:
        with path.open("rb") as stream:
            if stream.read(6) != b"\x93NUMPY":
                raise InputError(f"{path}: expected a NumPy file, found other content: save it with numpy.save")
            stream.seek(0)
            return np.load(stream, allow_pickle=False)
    except (ValueError, EOFError, OSError) as error:
        raise _bad(path, error) from None


def read_npz(path: Path, field: str | None = None, ndims: tuple[int, ...] | None = None) -> np.ndarray:
    """Read one array of an `.npz` file: the one named `field`, or the only one with a fitting number of axes.

    Raises:
        InputError: not an `.npz` file, a truncated one, a missing or ambiguous field, or Python objects.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            names = [name.removesuffix(".npy") for name in archive.namelist() if name.endswith(".npy")]
            entries = {name: _entry(archive, name) for name in names}
            return entries[choose_field(entries, path, field, ndims)].read()
    except (ValueError, EOFError, OSError, KeyError, zipfile.BadZipFile, zlib.error) as error:
        raise _bad(path, error) from None


def npy_stack(path: Path, field: str | None) -> Stack:
    """The pictures of an `.npy` file."""
    return stack_from_array(read_npy(path), path, "the array")


def npz_stack(path: Path, field: str | None) -> Stack:
    """The pictures of an `.npz` file."""
    return stack_from_array(read_npz(path, field, (2, 3, 4)), path, f"the field '{field}'" if field else "it")


def _entry(archive: zipfile.ZipFile, name: str) -> Entry:
    """Shape and dtype from the header alone, so that a large field that is not wanted is not read."""
    header = {(1, 0): np.lib.format.read_array_header_1_0}
    with archive.open(name + ".npy") as stream:
        version = np.lib.format.read_magic(stream)
        shape, _, dtype = header.get(version, np.lib.format.read_array_header_2_0)(stream)

    def read() -> np.ndarray:
        with archive.open(name + ".npy") as stream:
            return np.lib.format.read_array(stream, allow_pickle=False)

    return Entry(shape, dtype, read)


def _bad(path: Path, error: Exception) -> InputError:
    if isinstance(error, InputError):
        return error
    if "allow_pickle" in str(error):
        return InputError(
            f"{path}: expected an array of numbers, found Python objects, which are refused because "
            "unpickling runs code: save it as float32"
        )
    return InputError(f"{path}: expected a whole NumPy file, found a damaged one ({error}): save it anew")
