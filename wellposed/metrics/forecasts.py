"""How good a forecast is: for how long it is right, and whether it lives on the right attractor afterwards."""

import numpy as np
from jaxtyping import Array, Float

Series = Float[Array | np.ndarray, "times coordinates"]
Pool = Float[Array | np.ndarray, "longer pooled"]
Reference = Float[Array | np.ndarray, "longer coordinates"]


def valid_prediction_time(
    predicted: Series, true: Series, ts: Float[Array | np.ndarray, " times"], threshold: float = 0.4
) -> float:
    """For how long a forecast is right: until its error exceeds a part of the truth's spread [@vlachas2020].

    Equation: T = max {t : |x_hat(s) - x(s)| <= threshold * sigma for all s <= t}, with sigma^2 = mean_t |x(t) -
    mean x|^2, the spread of the true trajectory about its mean.

    Args:
        predicted: states; NaN counts as wrong.
        true: states at the same times; from the first NaN on they are unknown, and the comparison ends.
        ts: times, ascending, in any unit.
        threshold: the part of the spread.

    Returns:
        A time after ts[0], in the unit of `ts`; the whole length of the truth where it is never wrong.

    Example:
        >>> ts = np.linspace(0, 3, 4)
        >>> valid_prediction_time(np.array([[0.0], [1.0], [0.0], [1.0]]), np.array([[0.0], [1.0], [0.0], [0.0]]), ts)
        2.0
    """
    predicted, true, ts = (np.asarray(a, float) for a in (predicted, true, ts))
    known = _known(true)
    predicted, true, ts = predicted[:known], true[:known], ts[:known]
    wrong = ~(np.linalg.norm(predicted - true, axis=1) <= threshold * _spread(true))
    last = int(np.argmax(wrong)) - 1 if wrong.any() else len(ts) - 1
    return float(ts[max(last, 0)] - ts[0])


def spectrum_error(predicted: Series, true: Pool) -> float:
    """How far the power spectra are apart: half the sum of |p_hat(f) - p(f)|, both normalised to a sum of 1.

    The spectra are those of Welch's method [@welch1967], summed over the coordinates. 0 where the same
    frequencies carry the same shares of the power, 1 where they have none in common; phases do not count.

    Args:
        predicted: states at equidistant times.
        true: states at as many, or more, times of the same spacing. Several trajectories may stand side by side as
            further columns, in both, and not equally many: their powers are added before they are compared.

    Returns:
        A number in [0, 1]; 1 where the prediction has broken down (NaN) or does not move while the truth does.

    Example:
        >>> t = np.linspace(0, 40 * np.pi, 1024)[:, None]
        >>> spectrum_error(np.sin(t + 1), np.sin(t)) < 0.05 < 0.9 < spectrum_error(np.sin(5 * t), np.sin(t))
        True
    """
    a, b = _power(np.asarray(predicted, float)), _power(np.asarray(true, float))
    if not np.isfinite(a).all() or (a.sum() > 0) != (b.sum() > 0):
        return 1.0
    return float(np.abs(a - b).sum() / 2)


def invariant_error(predicted: Series, true: Reference) -> float:
    """How far the invariant measures are apart: Wasserstein's distance of each coordinate's values over its spread.

    Equation: mean_i W_1(x_hat_i, x_i) / sigma, sigma being the root mean square of the coordinates' deviations from
    their means; so no coordinate that hardly moves counts for much.

    Args:
        predicted: states along one long trajectory.
        true: states along another.

    Returns:
        0 for equal distributions, about 1 for distributions that are a standard deviation apart; infinite where
        the prediction has broken down (NaN).

    Example:
        >>> x = np.random.default_rng(0).normal(size=(4000, 2))
        >>> invariant_error(x[:2000] + 1, x[2000:]).__round__(1)
        1.0
    """
    from scipy.stats import wasserstein_distance

    predicted, true = np.asarray(predicted, float), np.asarray(true, float)
    if not np.isfinite(predicted).all():
        return float("inf")
    distances = [wasserstein_distance(a, b) for a, b in zip(predicted.T, true.T, strict=True)]
    return float(np.mean(distances) / (_spread(true) / np.sqrt(true.shape[1])))


def _known(true: np.ndarray) -> int:
    """How many of the first states are finite."""
    unknown = ~np.isfinite(true).all(axis=1)
    return int(np.argmax(unknown)) if unknown.any() else len(true)


def _spread(states: np.ndarray) -> float:
    return float(np.sqrt(np.mean(np.sum((states - states.mean(axis=0)) ** 2, axis=1)))) or 1e-300


def _power(states: np.ndarray) -> np.ndarray:
    """The shares of the power, at the frequencies of windows of a quarter of the length or of 256."""
    from scipy.signal import welch

    window = min(len(states), max(256, len(states) // 4))
    power = welch(states, nperseg=window, axis=0)[1].sum(axis=1)
    return power / (power.sum() or 1.0)
