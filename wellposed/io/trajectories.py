"""Trajectories in HDF5 and NetCDF files, whose dimensions have names."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Bool, Float

from wellposed.errors import InputError
from wellposed.io.atomic import atomic_write
from wellposed.io.stack import finite

DIMENSIONS = ("trajectory", "time", "state")
_SUFFIXES = (".h5", ".hdf5", ".nc", ".nc4")


class TrajectoryFile(NamedTuple):
    """What a file of trajectories holds: the fields of `simulate.Trajectories`, in the same order.

    Attributes:
        ts: the times, increasing, shape (times,).
        states: shape (trajectories, times, state).
        slopes: dx/dt, of the same shape, or None where the file has none.
        parameters: of each trajectory, shape (trajectories,), or None where the file has none.
        inside: which samples count, True until a trajectory leaves, shape (trajectories, times), or None.
    """

    ts: Float[np.ndarray, " times"]
    states: Float[np.ndarray, "trajectories times state"]
    slopes: Float[np.ndarray, "trajectories times state"] | None
    parameters: Float[np.ndarray, " trajectories"] | None
    inside: Bool[np.ndarray, "trajectories times"] | None


class _Variable(NamedTuple):
    names: tuple[str, ...]
    values: np.ndarray


def read_trajectories(path: str | os.PathLike[str]) -> TrajectoryFile:
    """Read trajectories with a common time axis.

    The states are the variable with the dimensions `trajectory`, `time` and `state`, in any order; where there are
    two, the one called `slopes` holds dx/dt. The times are the variable `time` (or the only one) along `time`, the
    parameters the variable `parameter` (or the only one) along `trajectory`, and `inside` along (trajectory, time)
    says which samples count: at least the first two of each trajectory, and all until it leaves. Dimensions are named
    by NetCDF, or in HDF5 by dimension scales or by labels.

    Args:
        path: a NetCDF 4 (`.nc`) or HDF5 (`.h5`, `.hdf5`) file.

    Raises:
        InputError: no such file, a damaged or other one, dimensions without names, a variable that is missing or does
            not fit, NaN, times that do not increase, or trajectories that leave at once or come back.

    Example:
        >>> import tempfile
        >>> path = tempfile.mkdtemp() + "/runs.nc"
        >>> write_trajectories(path, TrajectoryFile(np.arange(3.0), np.ones((2, 3, 4)), None, np.arange(2.0), None))
        >>> read_trajectories(path).states.shape
        (2, 3, 4)
    """
    file = Path(path)
    if file.suffix.lower() not in _SUFFIXES:
        raise InputError(f"{file}: expected a file of trajectories ({', '.join(_SUFFIXES)}), found another: convert it")
    if not file.is_file():
        raise InputError(f"{file}: expected a file of trajectories, found no such file: check the path")
    variables = _variables(file)
    states, slopes = _states(variables, file)
    n, times, _ = states.shape
    ts = _vector(variables, "time", "time", times, file)
    if ts is None:
        raise InputError(f"{file}: expected a variable 'time' along the dimension 'time', found none: add it")
    if times < 2 or not np.all(np.diff(ts) > 0):
        raise InputError(f"{file}: expected at least two increasing times in 'time', found others: sort them")
    parameters = _vector(variables, "parameter", "trajectory", n, file)
    return TrajectoryFile(ts, states, slopes, parameters, _inside(variables.get("inside"), (n, times), file))


def write_trajectories(path: str | os.PathLike[str], trajectories: Any) -> None:
    """Write trajectories as NetCDF 4, which is also HDF5, atomically.

    Args:
        path: where to write, `.nc`, `.h5` or `.hdf5`.
        trajectories: a `TrajectoryFile`, or any record with its fields.

    Raises:
        InputError: another suffix, or a folder that cannot be written to.
    """
    import h5netcdf

    if Path(path).suffix.lower() not in _SUFFIXES:
        raise InputError(f"{path}: expected a suffix of {', '.join(_SUFFIXES)}, found another: choose one of them")
    parts = {
        "time": (DIMENSIONS[1:2], trajectories.ts),
        "states": (DIMENSIONS, trajectories.states),
        "slopes": (DIMENSIONS, trajectories.slopes),
        "parameter": (DIMENSIONS[:1], trajectories.parameters),
        "inside": (DIMENSIONS[:2], trajectories.inside),
    }
    with atomic_write(path) as part, h5netcdf.File(part, "w") as file:
        file.dimensions = dict(zip(DIMENSIONS, np.shape(trajectories.states), strict=True))
        for name, (dimensions, values) in parts.items():
            if values is not None:
                plain = np.asarray(values)
                file.create_variable(name, dimensions, data=plain.astype("i1") if plain.dtype == bool else plain)


def _variables(path: Path) -> Mapping[str, _Variable]:
    import h5py

    found: dict[str, _Variable] = {}

    def visit(name: str, item: object) -> None:
        if isinstance(item, h5py.Dataset) and item.dtype.kind in "biuf" and not _bare_dimension(item):
            found[name] = _Variable(_names(item), np.asarray(item[()]))

    try:
        with h5py.File(path, "r") as file:
            file.visititems(visit)
    except (OSError, RuntimeError, KeyError) as error:
        raise InputError(
            f"{path}: expected a whole HDF5 or NetCDF 4 file, found a damaged or other one ({error}): write it anew"
        ) from None
    return found


def _bare_dimension(item: Any) -> bool:
    """Whether a dataset only stands for a dimension of NetCDF that has no variable of its name."""
    title = item.attrs.get("NAME", b"")
    return b"not a netCDF variable" in (title if isinstance(title, bytes) else str(title).encode())


def _names(item: Any) -> tuple[str, ...]:
    """The names of a dataset's axes: its own for a dimension scale, else scales before labels; empty if unnamed."""
    if item.is_scale and item.ndim == 1:
        return (item.name.rsplit("/", 1)[-1],)
    return tuple(axis[0].name.rsplit("/", 1)[-1] if len(axis) else axis.label for axis in item.dims)


def _states(variables: Mapping[str, _Variable], path: Path) -> tuple[np.ndarray, np.ndarray | None]:
    fitting = {name: variable for name, variable in variables.items() if set(variable.names) == set(DIMENSIONS)}
    slopes = fitting.pop("slopes", None)
    if len(fitting) != 1:
        listing = ", ".join(f"{name} {variable.names}" for name, variable in variables.items()) or "no numbers at all"
        raise InputError(
            f"{path}: expected one variable with the dimensions {DIMENSIONS} (and dx/dt as 'slopes'), found {listing}: "
            "name its dimensions, in HDF5 by dataset.dims[0].label = 'trajectory' and so on"
        )
    ((name, states),) = fitting.items()
    finite(states.values, path, f"'{name}'")
    if slopes is not None:
        finite(slopes.values, path, "'slopes'")
        if _ordered(slopes).shape != _ordered(states).shape:
            raise InputError(
                f"{path}: expected 'slopes' of the shape of '{name}', {_ordered(states).shape}, found "
                f"{_ordered(slopes).shape}: give dx/dt at the same places, or leave it out"
            )
    return _ordered(states), None if slopes is None else _ordered(slopes)


def _ordered(variable: _Variable, dimensions: tuple[str, ...] = DIMENSIONS) -> np.ndarray:
    return np.transpose(variable.values, [variable.names.index(name) for name in dimensions]).astype(float)


def _inside(variable: _Variable | None, shape: tuple[int, int], path: Path) -> np.ndarray | None:
    """Which samples count, in the order of names where there are any."""
    if variable is None:
        return None
    named, bare = set(variable.names) == set(DIMENSIONS[:2]), not any(variable.names)
    values = _ordered(variable, DIMENSIONS[:2]) if named else variable.values
    if values.shape != shape or not (named or bare):
        raise InputError(
            f"{path}: expected 'inside' of shape {shape} along {DIMENSIONS[:2]}, found {values.shape} along "
            f"{variable.names}: correct it"
        )
    if not np.all((values == 0) | (values == 1)):
        raise InputError(f"{path}: expected only 0 and 1 in 'inside', found others: mark what counts by 1")
    lengths = values.sum(axis=1).astype(int)
    again = np.flatnonzero(np.any(values != (np.arange(shape[1])[None] < lengths[:, None]), axis=1))
    if len(again):
        raise InputError(
            f"{path}: expected 'inside' to be 1 until a trajectory leaves and 0 from then on, found otherwise in "
            f"trajectory {again[0]}: cut it into several trajectories"
        )
    if lengths.min() < 2:
        short = int(np.argmin(lengths))
        raise InputError(
            f"{path}: expected at least 2 times of each trajectory in 'inside', found {lengths[short]} of trajectory "
            f"{short}: leave it out"
        )
    return values.astype(bool)


def _vector(
    variables: Mapping[str, _Variable], name: str, dimension: str, length: int, path: Path
) -> np.ndarray | None:
    """The variable of this name, or the only one along a dimension."""
    along = {key: variable.values for key, variable in variables.items() if variable.names == (dimension,)}
    values = along.get(name)
    if values is None and len(along) == 1:
        ((name, values),) = along.items()
    if values is None and len(along) > 1:
        raise InputError(
            f"{path}: expected a variable '{name}' along '{dimension}', found {sorted(along)}: rename one to '{name}'"
        )
    if values is None:
        return None
    if values.shape != (length,):
        raise InputError(f"{path}: expected '{name}' of shape ({length},), found {values.shape}: correct it")
    finite(values, path, f"'{name}'")
    return values.astype(float)
