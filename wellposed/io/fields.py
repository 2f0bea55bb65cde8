"""Which array of a file with many: `FILE:FIELD` names it, otherwise there must be only one that fits."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from wellposed.errors import InputError

CONTAINERS = (".npz", ".h5", ".hdf5")


class Entry:
    """An array inside a file, known by shape and dtype before it is read."""

    def __init__(self, shape: tuple[int, ...], dtype: np.dtype, read: Callable[[], np.ndarray]):
        self.shape, self.dtype, self.read = shape, dtype, read


def split_field(path: str | os.PathLike[str], field: str | None) -> tuple[Path, str | None]:
    """Take `scans.h5:group/name` apart; a path without such an ending stays as it is.

    Example:
        >>> split_field("scans.h5:train/x", None)
        (PosixPath('scans.h5'), 'train/x')
    """
    text = str(path)
    for suffix in CONTAINERS:
        head, found, tail = text.partition(suffix + ":")
        if field is None and found and tail and not Path(text).exists():
            return Path(head + suffix), tail
    return Path(text), field


def choose_field(
    entries: Mapping[str, Entry], path: Path, field: str | None, ndims: tuple[int, ...] | None = None
) -> str:
    """Name the one array that is meant.

    Args:
        entries: the arrays in the file.
        path: the file, for the sentences.
        field: the name that the user gave, or None.
        ndims: numbers of axes that fit, or None for all of them.

    Raises:
        InputError: the named field is missing, none fits, or more than one fits.
    """
    listing = ", ".join(f"{name} {entry.shape}" for name, entry in entries.items()) or "no field at all"
    if field is not None:
        if field.strip("/") not in entries:
            raise InputError(f"{path}: expected a field '{field}', found {listing}: choose one of these")
        return field.strip("/")
    fitting = [
        name
        for name, entry in entries.items()
        if entry.dtype.kind in "biufc" and (ndims is None or len(entry.shape) in ndims)
    ]
    if len(fitting) == 1:
        return fitting[0]
    if len(entries) == 1:
        return next(iter(entries))  # the reader then says what is wrong with it
    if not fitting:
        raise InputError(f"{path}: expected an array that fits, found {listing}: name one as {path.name}:FIELD")
    raise InputError(
        f"{path}: expected one array, found {len(fitting)} that fit ({listing}): name one, as {path.name}:{fitting[0]}"
    )
