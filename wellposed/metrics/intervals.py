"""What a sample says about its population: the mean and the quantiles, each with a confidence interval."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Array, Float

Values = Float[Array | np.ndarray, " n"]


class Interval(NamedTuple):
    """A mean with the ends of its confidence interval, in the unit of the `n` values.

    Example:
        >>> f"{Interval(24.258, 24.1, 24.416, n=400):.2f} dB"
        '24.26 [24.10, 24.42] dB'
    """

    mean: float
    low: float
    high: float
    n: int

    def __format__(self, spec: str) -> str:
        return f"{self.mean:{spec}} [{self.low:{spec}}, {self.high:{spec}}]"


class QuantileInterval(NamedTuple):
    """A quantile with the ends of its confidence interval, in the unit of the `n` values."""

    quantile: float
    low: float
    high: float
    n: int

    def __format__(self, spec: str) -> str:
        return f"{self.quantile:{spec}} [{self.low:{spec}}, {self.high:{spec}}]"


def mean_interval(values: Values, level: float = 0.95, within: tuple[float, float] = (-np.inf, np.inf)) -> Interval:
    """The mean and its Student-t interval `mean +- t_{(1 + level)/2, n - 1} s / sqrt(n)` (Biometrika 6:1, https://doi.org/10.2307/2331554).

    Two methods that were given the same data are compared by the interval of their differences,
    `mean_interval(error_1 - error_2)`, which is far narrower than the two intervals suggest.

    Args:
        values: independent values, shape `(n,)`, in any one unit.
        level: the share of such intervals that contain the mean of the population, in (0, 1).
        within: the least and the largest value that there can be, such as 0 and 100 of a share in %: the interval is
            cut to them, which loses no mean.

    Returns:
        `Interval(mean, low, high, n)`; the ends are those of `within` for a single value, which shows no spread.

    Raises:
        ValueError: for no values at all, a level outside (0, 1), or values that are not `within`.

    Fails:
        for few values from a skewed population; see `quantile_interval`, which assumes no shape.

    Example:
        >>> import numpy as np
        >>> f"{mean_interval(np.array([1.0, 2.0, 3.0])):.3f}"
        '2.000 [-0.484, 4.484]'
        >>> f"{mean_interval(np.array([97.0, 99.0, 99.5]), within=(0.0, 100.0)):.1f} %"
        '98.5 [95.2, 100.0] %'
    """
    from scipy.special import stdtrit

    values = _checked("mean_interval", values, level)
    low, high = within
    if (values < low).any() or (values > high).any():
        raise ValueError(
            f"mean_interval expects values within {within}, got {values.min():g} to {values.max():g}: say within=..., "
            "in the unit of the values."
        )
    n, mean = len(values), float(np.mean(values))
    if n == 1:
        return Interval(mean, low, high, n)
    half = float(stdtrit(n - 1, (1 + level) / 2) * np.std(values, ddof=1) / np.sqrt(n))
    return Interval(mean, float(np.clip(mean - half, low, high)), float(np.clip(mean + half, low, high)), n)


def quantile_interval(values: Values, q: float = 0.5, level: float = 0.95) -> QuantileInterval:
    """A quantile (the median by default) and its interval between two order statistics, for any law.

    The number `B` of values below the true quantile is binomial `(n, q)`, so the sorted values with ranks
    `l = max{r: P(B < r) <= a}` and `u = min{r: P(B >= r) <= a}`, `a = (1 - level)/2`, enclose it with
    probability at least `level` (Hahn and Meeker, Statistical Intervals, section 5.2, https://doi.org/10.1002/9780470316771).

    Args:
        values: independent values, shape `(n,)`, in any one unit.
        q: which quantile, in (0, 1).
        level: the share of such intervals that contain the quantile of the population, in (0, 1).

    Returns:
        `QuantileInterval(quantile, low, high, n)`; an end is infinite where `n` values cannot bound it.

    Raises:
        ValueError: for no values at all, or `q` or `level` outside (0, 1).

    Example:
        >>> import numpy as np
        >>> f"{quantile_interval(np.arange(1.0, 101.0)):.1f}"
        '50.5 [40.0, 61.0]'
    """
    from scipy.special import bdtr

    values = np.sort(_checked("quantile_interval", values, level))
    if not 0 < q < 1:
        raise ValueError(f"quantile_interval expects q in (0, 1), got {q}: the median is q=0.5.")
    n, tail = len(values), (1 - level) / 2
    below = bdtr(np.arange(n), n, q)  # P(B <= r) for r = 0 ... n - 1
    lowest = int(np.searchsorted(below, tail, side="right"))  # ranks whose P(B < r) is at most tail
    highest = int(np.searchsorted(below, 1 - tail)) + 1
    ends = np.concatenate([[-np.inf], values, [np.inf]])
    return QuantileInterval(float(np.quantile(values, q)), float(ends[lowest]), float(ends[highest]), n)


def _checked(name: str, values: Values, level: float) -> np.ndarray:
    if len(values) == 0:
        raise ValueError(f"{name} expects at least one value, got none: check the selection that was made before.")
    if not 0 < level < 1:
        raise ValueError(f"{name} expects a level in (0, 1), got {level}: 95 % is level=0.95.")
    return np.asarray(values, dtype=np.float64)
