"""Derivatives of sampled trajectories."""

import numpy as np
from jaxtyping import Float

_SERIES = 8  # on which the smoothness is chosen


def smoothed_slopes(
    ts: Float[np.ndarray, " times"], states: Float[np.ndarray, "trajectories times state"]
) -> Float[np.ndarray, "trajectories times state"]:
    """dx/dt of sampled trajectories, by cubic smoothing splines [@wahba1990].

    The spline s of a series x minimises `sum (x(t_i) - s(t_i))^2 + lambda integral s''(t)^2 dt`; lambda is chosen by
    generalised cross-validation on a few series and shared by all, since it costs a thousand times as much as the
    rest.

    Args:
        ts: increasing times, at least 5.
        states: the trajectories.

    Raises:
        ValueError: fewer than 5 times.

    Example:
        >>> ts = np.linspace(0.0, 3.0, 40)
        >>> slopes = smoothed_slopes(ts, np.sin(ts)[None, :, None])
        >>> bool(np.abs(slopes[0, :, 0] - np.cos(ts)).max() < 0.01)
        True

    When it fails: at the ends of a trajectory, and where it is sampled so coarsely that it looks like noise.
    """
    from scipy.interpolate import make_smoothing_spline

    if len(ts) < 5:
        raise ValueError(f"smoothed_slopes expects at least 5 times, got {len(ts)}.")
    series = np.moveaxis(states, 1, 0).reshape(len(ts), -1)
    spread = series.std(axis=0)
    shown = np.argsort(-spread, kind="stable")[: max(1, len(spread) // 2)]
    chosen = shown[np.linspace(0, len(shown) - 1, min(_SERIES, len(shown))).astype(int)]
    smoothness = _smoothness(ts, series[:, chosen])
    derivative = make_smoothing_spline(ts, np.eye(len(ts)), lam=smoothness).derivative()(ts)
    return np.einsum("st,ntk->nsk", derivative, states)


def _smoothness(ts: Float[np.ndarray, " times"], series: Float[np.ndarray, "times some"]) -> float:
    """The median of the lambdas of least generalised cross-validation score, on a grid."""
    from scipy.interpolate import make_smoothing_spline

    grid = np.mean(np.diff(ts)) ** 3 * np.geomspace(1e-6, 1e4, 21)
    scores = []
    for smoothness in grid:
        hat = make_smoothing_spline(ts, np.eye(len(ts)), lam=smoothness)(ts)
        left = series - hat @ series
        scores.append(np.mean(left**2, axis=0) / (1 - np.trace(hat) / len(ts)) ** 2)
    return float(np.median(grid[np.argmin(scores, axis=0)]))
