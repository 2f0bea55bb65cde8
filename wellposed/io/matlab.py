"""MATLAB files (`.mat`), of version 4 to 7.2 and, as HDF5, 7.3."""

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from wellposed.errors import InputError


def read_matlab(path: str | os.PathLike[str], names: Sequence[str]) -> dict[str, np.ndarray]:
    """Read named arrays of real numbers, as MATLAB shows them.

    Args:
        path: the file.
        names: of the variables that are wanted.

    Returns:
        name -> float64 array; vectors have two axes, as in MATLAB.

    Raises:
        InputError: no such file, another or a damaged one, or a variable that is missing or not finite.

    Example:
        >>> import tempfile
        >>> from scipy.io import savemat
        >>> path = tempfile.mkdtemp() + "/a.mat"
        >>> savemat(path, {"t": np.arange(3.0)})
        >>> read_matlab(path, ["t"])["t"]
        array([[0., 1., 2.]])
    """
    path = Path(path)
    if not path.is_file():
        raise InputError(f"{path}: expected a MATLAB file, found no such file: check the path")
    found = _all(path)
    for name in names:
        if name not in found:
            listing = ", ".join(sorted(found)) or "nothing"
            raise InputError(f"{path}: expected a variable '{name}', found {listing}: rename the variable")
        if found[name].dtype.kind not in "biuf" or not np.isfinite(found[name]).all():
            raise InputError(f"{path}: expected finite numbers in '{name}', found others: clean the variable")
    return {name: np.asarray(found[name], np.float64) for name in names}


def _all(path: Path) -> dict[str, np.ndarray]:
    import h5py
    from scipy.io import loadmat
    from scipy.io.matlab import MatReadError

    try:
        if h5py.is_hdf5(path):
            with h5py.File(path, "r") as file:
                return {name: np.asarray(item).T for name, item in file.items() if isinstance(item, h5py.Dataset)}
        return {name: np.asarray(value) for name, value in loadmat(path).items() if not name.startswith("__")}
    except (MatReadError, OSError, TypeError, ValueError, NotImplementedError, EOFError) as error:
        raise InputError(
            f"{path}: expected a MATLAB file, found another or a damaged one ({error}): save it anew"
        ) from None
