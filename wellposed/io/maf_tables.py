"""The five tables on which normalizing flows are compared, in the layout and with the preparation of MAF."""

from collections.abc import Callable
from pathlib import Path
from typing import Literal, NamedTuple, get_args

import numpy as np
from jaxtyping import Float

from wellposed.errors import InputError
from wellposed.io.hdf5 import read_hdf5
from wellposed.io.tabular import checked, read_table

MAF = Literal["POWER", "GAS", "HEPMASS", "MINIBOONE", "BSDS300"]
WHERE = "https://zenodo.org/records/1161203"
_GAS = "gas/ethylene_CO.npy"


class Splits(NamedTuple):
    """Points to learn from, to choose by and to judge on."""

    train: Float[np.ndarray, "n d"]
    validation: Float[np.ndarray, "k d"]
    test: Float[np.ndarray, "m d"]


def read_maf(name: MAF, folder: Path) -> Splits:
    """Read and prepare one of the five tables of MAF [@papamakarios2017].

    POWER loses two columns and gets the published uniform noise, which hides that its values are rounded. GAS and
    HEPMASS lose columns that repeat others, or themselves. POWER, GAS, HEPMASS and MINIBOONE are standardised. The
    random numbers are numpy's of today, so that points of POWER differ from the published ones in order and noise.

    Args:
        name: of the table.
        folder: `data/` of the archive: it holds `power/data.npy`, `gas/ethylene_CO.npy`, `hepmass/1000_train.csv` and
            `1000_test.csv`, `miniboone/data.npy`, `BSDS300/BSDS300.hdf5`.

    Returns:
        `Splits`.

    Raises:
        InputError: the file is not there (the sentence says where to get it), or holds something else. GAS comes as a
            pickle, which is code and never read: the sentence says how to convert it.
    """
    if name not in get_args(MAF):
        raise InputError(f"{name}: expected one of {', '.join(get_args(MAF))}, found another name: correct it")
    return _READERS[name](Path(folder))


def _power(folder: Path) -> Splits:
    values = np.delete(_array(folder / "power/data.npy", 8), (1, 3), axis=1)
    rng = np.random.default_rng(42)
    values = rng.permutation(values)
    scale = np.array([1e-3, 1e-2, 1.0, 1.0, 1.0, 0.0])  # what a rounded value may be off, of time nothing
    return _standardised(*_split(values + scale[None] * rng.random(values.shape)))


def _gas(folder: Path) -> Splits:
    pickle = (folder / _GAS).with_suffix(".pickle")
    if pickle.is_file() and not (folder / _GAS).is_file():
        raise InputError(
            f"{pickle}: expected {_GAS}, found a pickle, which is code and is not read: if you trust it, convert it by "
            "numpy.save('ethylene_CO.npy', pandas.read_pickle('ethylene_CO.pickle')"
            ".drop(columns=['Meth', 'Eth', 'Time']).to_numpy('float64'))"
        )
    values = _array(folder / _GAS)
    while (twins := (np.corrcoef(values.T) > 0.98).sum(axis=0) > 1).any():
        values = np.delete(values, np.flatnonzero(twins)[0], axis=1)
    return Splits(*_split((values - values.mean(0)) / values.std(0)))


def _hepmass(folder: Path) -> Splits:
    train, test = (read_table(_there(folder / f"hepmass/1000_{part}.csv")).values for part in ("train", "test"))
    train = train[train[:, 0] == 1, 1:]
    test = test[test[:, 0] == 1, 1 : train.shape[1] + 1]  # the published test table has a column too many
    kept = [i for i, column in enumerate(train.T) if np.unique(column, return_counts=True)[1].max() <= 5]
    train, test = train[:, kept], test[:, kept]
    mean, scale = train.mean(0), train.std(0)
    train, test = ((part - mean) / scale for part in (train, test))
    held = len(train) // 10
    return Splits(train[:-held], train[-held:], test)


def _miniboone(folder: Path) -> Splits:
    return _standardised(*_split(_array(folder / "miniboone/data.npy", 43)))


def _bsds300(folder: Path) -> Splits:
    path = _there(folder / "BSDS300/BSDS300.hdf5")
    return Splits(*(checked(path, read_hdf5(path, part)) for part in ("train", "validation", "test")))


_READERS: dict[str, Callable[[Path], Splits]] = {
    "POWER": _power,
    "GAS": _gas,
    "HEPMASS": _hepmass,
    "MINIBOONE": _miniboone,
    "BSDS300": _bsds300,
}


def _there(path: Path) -> Path:
    if not path.is_file():
        raise InputError(
            f"{path}: expected a table of MAF, found no such file: get data.tar.gz from {WHERE}, unpack it"
        )
    return path


def _array(path: Path, columns: int | None = None) -> Float[np.ndarray, "n d"]:
    values = read_table(_there(path)).values
    if columns is not None and values.shape[1] != columns:
        raise InputError(f"{path}: expected {columns} columns, found {values.shape[1]}: get it from {WHERE}")
    return values


def _split(values: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The last tenth to judge on, and of the rest the last tenth to choose by."""
    rest, test = np.split(values, [len(values) - len(values) // 10])
    train, validation = np.split(rest, [len(rest) - len(rest) // 10])
    return train, validation, test


def _standardised(train: np.ndarray, validation: np.ndarray, test: np.ndarray) -> Splits:
    known = np.vstack([train, validation])
    mean, scale = known.mean(0), known.std(0)
    return Splits(*((part - mean) / scale for part in (train, validation, test)))
