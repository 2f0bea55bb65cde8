"""Derivatives of sampled trajectories."""

import numpy as np
from jaxtyping import Bool, Float

_DEGREE = 5
_FEWEST = 5
_ORDER = 6  # of the differences that tell noise from signal
_ROUNDING = 1e-13  # relative


def smoothed_slopes(
    ts: Float[np.ndarray, " times"],
    states: Float[np.ndarray, "trajectories times state"],
    inside: Bool[np.ndarray, "trajectories times"] | None = None,
) -> Float[np.ndarray, "trajectories times state"]:
    """dx/dt of sampled trajectories, by quintic splines that are smoothed as far as the noise asks for [@reinsch1967].

    The spline s of a series x has the fewest knots with which `sum (x(t_i) - s(t_i))^2` is no more than that of noise,
    whose variance is that of sixth differences [@dierckx1993]. A trajectory that leaves counts until it does: its
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
    slopes, ts = np.zeros(states.shape), np.asarray(ts, np.float64)
    for found, trajectory, length in zip(slopes, states, _lengths(ts, states, counting), strict=True):
        for k in range(states.shape[2] if length else 0):
            found[:length, k] = _slopes(ts[:length], trajectory[:length, k].astype(np.float64))
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


def _slopes(ts: np.ndarray, x: np.ndarray) -> np.ndarray:
    from scipy.interpolate import UnivariateSpline

    if len(ts) <= _DEGREE:
        return np.asarray(np.gradient(x, ts, edge_order=2 if len(ts) > 2 else 1))
    noise = _noise(ts, x)
    rounding = (_ROUNDING * np.abs(x).max()) ** 2  # to that there is no smoothing
    return np.asarray(
        UnivariateSpline(ts, x, k=_DEGREE, s=len(ts) * noise if noise > rounding else 0.0).derivative()(ts)
    )


def _noise(ts: np.ndarray, x: np.ndarray) -> float:
    """The variance of noise, by sixth divided differences, scaled so that white noise keeps its variance."""
    if len(ts) <= _ORDER:
        return 0.0
    windows = np.lib.stride_tricks.sliding_window_view
    times = windows((ts - ts[0]) / (ts[1] - ts[0]), _ORDER + 1)
    gaps = times[:, :, None] - times[:, None, :] + np.eye(_ORDER + 1)[None]
    weights = 1 / np.prod(gaps, axis=2)
    differences = np.sum(weights * windows(x, _ORDER + 1), axis=1)
    return float(np.mean(differences**2 / np.sum(weights**2, axis=1)))
