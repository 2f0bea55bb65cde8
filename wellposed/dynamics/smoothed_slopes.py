"""Derivatives of sampled trajectories."""

from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Bool, Float

_DEGREE = 5
_FEWEST = 5
_ORDER = 6  # of the differences that tell noise from signal
_SERIES = 8  # on which the smoothness is chosen
_PIECE = 400  # samples of each of them
_GRID = np.geomspace(1e-8, 1e10, 73)  # of lambda, for a mean step of 1


def smoothed_slopes(
    ts: Float[np.ndarray, " times"],
    states: Float[np.ndarray, "trajectories times state"],
    inside: Bool[np.ndarray, "trajectories times"] | None = None,
) -> Float[np.ndarray, "trajectories times state"]:
    """dx/dt of sampled trajectories, by quintic smoothing splines [@wahba1990].

    The spline s of a series x minimises `sum (x(t_i) - s(t_i))^2 + lambda integral s'''(t)^2 dt`; lambda is the
    largest that leaves no more than noise, whose variance is that of sixth differences [@reinsch1967]; it is chosen on
    a few series and shared by all. A trajectory that leaves counts until it does: its
    spline knows nothing of what comes later. One that leaves within 5 samples has the slopes of parabolas.

    Args:
        ts: increasing times, at least 5; they need not be evenly spaced.
        states: the trajectories.
        inside: which samples count, True until a trajectory leaves; all of them by default.

    Returns:
        The slopes, 0 where a sample does not count.

    Raises:
        ValueError: fewer than 5 times or times that do not increase, a trajectory that comes back or has one sample
            only, or NaN where it counts.

    Example:
        >>> ts = np.linspace(0.0, 3.0, 40)
        >>> slopes = smoothed_slopes(ts, np.sin(ts)[None, :, None])
        >>> bool(np.abs(slopes[0, :, 0] - np.cos(ts)).max() < 0.01)
        True

    When it fails: with noise, at the ends of a trajectory; where it is sampled so coarsely that it looks like noise.
    """
    counting = np.ones(states.shape[:2], bool) if inside is None else inside
    lengths = _lengths(ts, states, counting)
    step = float(np.mean(np.diff(ts)))
    unit = (np.asarray(ts, np.float64) - float(ts[0])) / step
    smoothness = _smoothness(unit, states, lengths)
    slopes = np.zeros(states.shape)
    for length in np.unique(lengths[lengths > 0]):
        some = lengths == length
        along = np.moveaxis(states[some, :length].astype(np.float64), 1, 0).reshape(length, -1)
        found = _slopes(unit[:length], along, smoothness) / step
        slopes[some, :length] = np.moveaxis(found.reshape(length, -1, states.shape[2]), 0, 1)
    return slopes


def _lengths(ts: np.ndarray, states: np.ndarray, counting: np.ndarray) -> np.ndarray:
    """How many samples of each trajectory count."""
    if len(ts) < _FEWEST:
        raise ValueError(f"smoothed_slopes expects at least {_FEWEST} times, got {len(ts)}.")
    if not np.all(np.diff(ts) > 0):
        raise ValueError("smoothed_slopes expects increasing times, got others: sort them.")
    lengths = counting.sum(axis=1)
    if not np.array_equal(counting, np.arange(len(ts))[None] < lengths[:, None]):
        raise ValueError("smoothed_slopes expects trajectories that count until they leave, got some that come back.")
    if np.any(lengths == 1):
        raise ValueError("smoothed_slopes expects no trajectory with one sample only that counts: leave them out.")
    if not np.all(np.isfinite(states[counting])):
        raise ValueError("smoothed_slopes expects finite states where they count, got NaN or infinite ones.")
    return lengths


class _Splines(NamedTuple):
    """Matrices from and between the coefficients of B-splines, of which there are as many as times."""

    values: Any
    slopes: Any
    penalty: Any  # c^T penalty c = integral s'''^2


def _splines(ts: np.ndarray) -> _Splines:
    from scipy.interpolate import BSpline, make_interp_spline
    from scipy.sparse import diags_array, eye_array

    knots = make_interp_spline(ts, ts, _DEGREE).t
    values = BSpline.design_matrix(ts, knots, _DEGREE).tocsc()
    turned, between, slopes = None, knots, None
    for degree in (_DEGREE, _DEGREE - 1, _DEGREE - 2):
        n = len(between) - degree - 1
        weights = degree / (between[degree + 1 : degree + n] - between[1:n])
        once = diags_array(weights) @ (eye_array(n - 1, n, k=1) - eye_array(n - 1, n))
        turned, between = once if turned is None else once @ turned, between[1:-1]
        slopes = BSpline.design_matrix(ts, between, degree - 1) @ turned if slopes is None else slopes
    places, weights = np.polynomial.legendre.leggauss(3)  # exact for squares of parabolas
    breaks = np.unique(knots)
    halves = np.diff(breaks) / 2
    nodes = (breaks[:-1] + halves)[:, None] + halves[:, None] * places[None]
    thirds = BSpline.design_matrix(nodes.ravel(), between, _DEGREE - 3) @ turned
    penalty = thirds.T @ diags_array((halves[:, None] * weights[None]).ravel()) @ thirds
    return _Splines(values, slopes, penalty.tocsc())


def _slopes(ts: np.ndarray, along: np.ndarray, smoothness: float) -> np.ndarray:
    """Of series in columns."""
    from scipy.sparse.linalg import splu

    if len(ts) <= _DEGREE:
        return np.gradient(along, ts, axis=0, edge_order=2 if len(ts) > 2 else 1)
    splines = _splines(ts)
    normal = splines.values.T @ splines.values + smoothness * splines.penalty
    return splines.slopes @ splu(normal.tocsc()).solve(splines.values.T @ along)


def _smoothness(ts: np.ndarray, states: np.ndarray, lengths: np.ndarray) -> float:
    """The largest lambda that leaves no more than noise of series that are long and vary."""
    long = np.flatnonzero((lengths > _ORDER) & (lengths >= np.median(lengths)))
    if not len(long):
        return 0.0
    series = [states[i, : min(lengths[i], _PIECE), k].astype(np.float64) for i in long for k in range(states.shape[2])]
    spread = np.array([x.std() for x in series])
    shown = np.argsort(-spread, kind="stable")[: max(1, len(spread) // 2)]
    chosen = shown[np.linspace(0, len(shown) - 1, min(_SERIES, len(shown))).astype(int)]
    modes = {length: _modes(ts[:length]) for length in {len(series[i]) for i in chosen}}
    left, noise = np.zeros(len(_GRID)), 0.0
    for i in chosen:
        unit = series[i] / (spread[i] or 1.0)
        left += _residuals(unit, *modes[len(unit)])
        noise += _noise(ts, unit)
    return float(_GRID[max(0, np.argmax(np.append(left > noise, True)) - 1)])


def _noise(ts: np.ndarray, series: np.ndarray) -> float:
    """The variance of noise, by sixth divided differences, scaled so that white noise keeps its variance."""
    windows = np.lib.stride_tricks.sliding_window_view
    times = windows(ts[: len(series)], _ORDER + 1)
    gaps = times[:, :, None] - times[:, None, :] + np.eye(_ORDER + 1)[None]
    weights = 1 / np.prod(gaps, axis=2)
    differences = np.sum(weights * windows(series, _ORDER + 1), axis=1)
    return float(np.mean(differences**2 / np.sum(weights**2, axis=1)))


def _modes(ts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The eigenvalues and vectors of the penalty as a quadratic form of a spline's values."""
    splines = _splines(ts)
    inverse = np.linalg.inv(splines.values.toarray())
    form = inverse.T @ splines.penalty.toarray() @ inverse
    values, vectors = np.linalg.eigh((form + form.T) / 2)
    values[:3] = 0.0  # parabolas cost nothing
    return np.maximum(values, 0.0), vectors


def _residuals(series: np.ndarray, values: np.ndarray, vectors: np.ndarray) -> np.ndarray:
    """The mean square of what each lambda of the grid leaves of a series."""
    left = _GRID[:, None] * values[None] / (1 + _GRID[:, None] * values[None])
    return np.mean((left * (vectors.T @ series)[None]) ** 2, axis=1)
