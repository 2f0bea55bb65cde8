"""The solution that the network is compared with: from a file, or by the Cole-Hopf transformation."""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from wellposed.errors import InputError
from wellposed.io import read_matlab
from wellposed.simulate import burgers

from .settings import Settings


class Reference(NamedTuple):
    """u on a grid.

    Attributes:
        ts: times.
        xs: places.
        u: shape (times, places).
        exact: how far u is from our own exact solution, |difference| / |u|; 0 where it is that.
    """

    ts: np.ndarray
    xs: np.ndarray
    u: np.ndarray
    exact: float


def data(settings: Settings, split: str) -> Reference:
    """The solution; of every split, since nothing but the measurements is learned from."""
    del split
    if settings.data is not None:
        return _read(settings.data, settings.viscosity)
    ts, xs = np.linspace(0.0, 0.99, 100), np.linspace(-1.0, 1.0, 256)
    return Reference(ts, xs, burgers(ts, xs, settings.viscosity), 0.0)


def _read(path: Path, viscosity: float) -> Reference:
    found = read_matlab(path, ["x", "t", "usol"])
    ts, xs, u = found["t"].ravel(), found["x"].ravel(), found["usol"].T
    if u.shape != (len(ts), len(xs)):
        raise InputError(
            f"{path}: expected 'usol' of shape ({len(xs)}, {len(ts)}), places x times, found {u.T.shape}: transpose it"
        )
    if ts.min() < 0 or ts.max() > 1 or np.abs(xs).max() > 1:
        raise InputError(
            f"{path}: expected times in [0, 1] and places in [-1, 1], found times in [{ts.min():g}, {ts.max():g}] and "
            f"places in [{xs.min():g}, {xs.max():g}]: scale them"
        )
    ours = burgers(ts, xs, viscosity)
    off = float(np.linalg.norm(u - ours) / np.linalg.norm(u))
    if off > 0.01:
        raise InputError(
            f"{path}: expected the solution from u(0, x) = -sin(pi x) with viscosity {viscosity:.6g}, found one "
            f"that is {100 * off:.3g} % away from it: give its --viscosity"
        )
    return Reference(ts, xs, u, off)
