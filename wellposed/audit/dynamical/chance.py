"""How far the statistics of true trajectories are apart by chance: the floor below which no forecast can be told."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from wellposed.metrics import invariant_error, spectrum_error

from .problem import Runs, last_known

NEAR = 0.05  # of the parameters' range: trajectories of one system
CANDIDATES = 1000  # states among which analogues are sought


class Chance(NamedTuple):
    """Distances by chance.

    Attributes:
        spectrum: of power spectra, as `metrics.spectrum_error` measures them.
        invariant: of the values, as `metrics.invariant_error` does.
        forgotten: the part of its beginning that a trajectory forgets, from 0 to 1.
    """

    spectrum: float
    invariant: float
    forgotten: float


def chance(runs: Runs) -> Chance:
    """The sampling floor of long-term statistics, from true trajectories alone.

    In a chaotic system a perfect model loses the trajectory, and is then one more finite sample of the attractor: its
    statistics are as far from the truth's as those of two true trajectories are from each other. In a system that is
    not chaotic, true trajectories differ by where they began, which a model knows. Analogues [@lorenz1969] tell the
    two apart: how far nearest states are separated later, beside states at random.

    Equation: floor = phi * mean_{i < j} d(x_i, x_j), over pairs of trajectories of one parameter; where there is no
    pair, over the halves of each trajectory and divided by sqrt 2, as they are half as long. phi = (d_1 - d_0) /
    (d_r - d_0), cut to [0, 1]: d_0 and d_1 are the distances of analogues at first and after half of the time, d_r
    that of states at random.

    Args:
        runs: true trajectories; parameters within a twentieth of their range count as one.

    Returns:
        About 0 for equilibria, decays and cycles.

    Example:
        >>> ts = np.linspace(0, 60, 601)
        >>> circles = np.stack([a * np.stack([np.cos(ts), np.sin(ts)], axis=1) for a in (1.0, 2.0)])
        >>> chance(Runs(circles)).spectrum < 0.01
        True
    """
    groups = [[_known(states) for states in group] for group in _groups(runs)]
    groups = [[x for x in group if len(x) >= 8] for group in groups]
    longest = max((len(x) for group in groups for x in group), default=0)
    groups = [long for group in groups if (long := [x for x in group if 2 * len(x) >= longest])]
    if not groups:
        return Chance(0.0, 0.0, 0.0)
    forgotten = float(np.mean([_forgotten(group) for group in groups]))
    return Chance(forgotten * _apart(groups, spectrum_error), forgotten * _apart(groups, invariant_error), forgotten)


def _groups(runs: Runs) -> list[list[np.ndarray]]:
    """The trajectories, by parameter."""
    states = [np.asarray(x, float) for x in runs.states]
    if runs.parameters is None:
        return [states]
    p = np.asarray(runs.parameters, float).reshape(len(states), -1)
    near = NEAR * np.ptp(p, axis=0)
    groups: list[list[np.ndarray]] = []
    centres: list[np.ndarray] = []
    for x, value in zip(states, p, strict=True):
        of = next((g for c, g in zip(centres, groups, strict=True) if np.all(np.abs(value - c) <= near)), None)
        if of is None:
            centres.append(value)
            groups.append([x])
        else:
            of.append(x)
    return groups


def _known(states: np.ndarray) -> np.ndarray:
    return states[: last_known(states[None])[0] + 1]


def _apart(groups: list[list[np.ndarray]], distance: Callable[..., float]) -> float:
    """The mean distance of pairs of one parameter, or of halves."""
    pairs = [(a, b) for group in groups for i, a in enumerate(group) for b in group[i + 1 :]]
    scale = 1.0
    if not pairs:
        pairs = [(x[: len(x) // 2], x[len(x) // 2 :]) for group in groups for x in group]
        scale = 0.5**0.5
    same = [(a[: min(len(a), len(b))], b[: min(len(a), len(b))]) for a, b in pairs]
    return scale * float(np.mean([distance(a, b) if np.ptp(b, axis=0).any() else 0.0 for a, b in same]))


def _forgotten(group: list[np.ndarray]) -> float:
    """phi, from the first halves of all trajectories."""
    half = min(len(x) for x in group) // 2
    every = max(1, half * len(group) // CANDIDATES)
    places = np.arange(0, half, every)
    now = np.concatenate([x[places] for x in group])
    later = np.concatenate([x[places + half] for x in group])
    of, at = np.repeat(np.arange(len(group)), len(places)), np.tile(places, len(group))
    first, last = _distances(now), _distances(later)
    # neighbours in time are no analogues
    apart = (of[:, None] != of[None]) | (np.abs(at[:, None] - at[None]) > half // 8)
    nearest = np.argmin(np.where(apart, first, np.inf), axis=1)
    rows = np.arange(len(now))
    d0, d1, random = first[rows, nearest].mean(), last[rows, nearest].mean(), last[apart].mean()
    return float(np.clip((d1 - d0) / (random - d0), 0.0, 1.0)) if random > d0 else 0.0


def _distances(x: np.ndarray) -> np.ndarray:
    squares = np.sum(x**2, axis=1)
    return np.sqrt(np.maximum(squares[:, None] + squares[None] - 2 * x @ x.T, 0.0))
