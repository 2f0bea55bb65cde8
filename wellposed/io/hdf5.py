"""HDF5 files (`.h5`, `.hdf5`)."""

from pathlib import Path

import numpy as np

from wellposed.errors import InputError
from wellposed.io.fields import Entry, choose_field
from wellposed.io.stack import Stack, stack_from_array


def read_hdf5(path: Path, field: str | None = None, ndims: tuple[int, ...] | None = None) -> np.ndarray:
    """Read one dataset of an HDF5 file: `group/name`, or the only one with a fitting number of axes.

    Raises:
        InputError: not an HDF5 file, a truncated one, or a missing or ambiguous field.
    """
    import h5py

    try:
        with h5py.File(path, "r") as file:
            entries: dict[str, Entry] = {}

            def visit(name: str, item: object) -> None:
                if isinstance(item, h5py.Dataset):
                    entries[name] = Entry(item.shape or (), item.dtype, lambda: np.asarray(item[()]))

            file.visititems(visit)
            return entries[choose_field(entries, path, field, ndims)].read()
    except (OSError, RuntimeError, KeyError) as error:
        raise InputError(
            f"{path}: expected a whole HDF5 file, found a damaged or other one ({error}): copy or write it anew"
        ) from None


def hdf5_stack(path: Path, field: str | None) -> Stack:
    """The pictures of an HDF5 file."""
    return stack_from_array(read_hdf5(path, field, (2, 3, 4)), path, f"the field '{field}'" if field else "it")
