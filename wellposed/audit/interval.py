"""The interval of the gap between two sets of samples."""

import math
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from wellposed.metrics import mean_interval


class Gap(NamedTuple):
    """A difference of two means between the ends of its interval; infinite where the data allow none."""

    value: float
    low: float
    high: float


def gap(a: Float[np.ndarray, " n"], b: Float[np.ndarray, " m"], paired: bool, level: float = 0.95) -> Gap:
    """mean(a) - mean(b), with Student's interval of the differences (paired) or Welch's [@welch1947].

    Equation: d +- t sqrt(s_a^2/n + s_b^2/m), with Welch's degrees of freedom. A set of a single picture
    shows no spread of its own: the other set's is taken for both.

    Args:
        a: samples, in any one unit.
        b: samples in the same unit; one for each of `a` where paired.
        paired: whether row i of both belongs to the same picture.
        level: the share of such intervals that contain the gap of the populations.

    Returns:
        A `Gap`.

    Example:
        >>> gap(np.array([1.0, 2.0]), np.array([0.0, 1.0]), paired=True)
        Gap(value=1.0, low=1.0, high=1.0)
    """
    if paired:
        found = mean_interval(a - b, level)
        return Gap(float(found.mean), float(found.low), float(found.high))
    difference, n, m = float(a.mean() - b.mean()), len(a), len(b)
    half = _half_width(a, b, level) if max(n, m) > 1 else math.inf
    return Gap(difference, difference - half, difference + half)


def _half_width(a: np.ndarray, b: np.ndarray, level: float) -> float:
    from scipy.special import stdtrit

    n, m = len(a), len(b)
    if min(n, m) == 1:
        spread = float(np.var(a if n > 1 else b, ddof=1))
        part_a, part_b, freedom = spread / n, spread / m, n + m - 2
    else:
        part_a, part_b = float(np.var(a, ddof=1)) / n, float(np.var(b, ddof=1)) / m
        freedom = (part_a + part_b) ** 2 / max(part_a**2 / (n - 1) + part_b**2 / (m - 1), 1e-300)
    return float(stdtrit(max(freedom, 1), (1 + level) / 2)) * math.sqrt(part_a + part_b)
