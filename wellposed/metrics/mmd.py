"""The maximum mean discrepancy of two samples, with an interval."""

import numpy as np
from jaxtyping import Array, Float

from .intervals import Interval, mean_interval

Sample = Float[Array | np.ndarray, "n d"]


def median_bandwidth(y: Float[Array | np.ndarray, "n d"], most: int = 1000) -> float:
    """The median distance between two points of a sample, of at most `most` points [@gretton2012].

    Example:
        >>> median_bandwidth(np.array([[0.0], [1.0], [3.0]]))
        2.0
    """
    y = np.asarray(y, np.float64)[:most]
    rows, columns = np.triu_indices(len(y), k=1)
    return float(np.median(np.linalg.norm(y[rows] - y[columns], axis=1)))


def mmd(
    x: Float[Array | np.ndarray, "n d"],
    y: Float[Array | np.ndarray, "m d"],
    bandwidth: float | None = None,
    blocks: int = 20,
    level: float = 0.95,
) -> Interval:
    """The squared MMD of two samples, without bias: 0 for equal densities, with its interval [@gretton2012].

    E k(x, x') + E k(y, y') - 2 E k(x, y) with k(x, y) = exp(-|x - y|^2 / (2 bandwidth^2)), where no point meets itself.
    It is computed in blocks [@zaremba2013], whose values are independent, so that their mean has a Student-t interval
    whether or not the densities are equal. An interval that contains 0 tells no difference; a value may lie below 0.

    Args:
        x: one sample.
        y: the other one, the reference.
        bandwidth: of the kernel; None takes the median distance in `y`.
        blocks: how many; each needs at least two points of both samples.
        level: the share of such intervals that contain the squared MMD.

    Returns:
        `Interval(mean, low, high, blocks)`.

    Raises:
        ValueError: fewer than two blocks or two points a block, or samples of different dimensions.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> x, y = rng.normal(size=(2, 400, 1))
        >>> found = mmd(x, y + 1)
        >>> bool(found.low > 0), bool(mmd(x, y).low < 0 < mmd(x, y).high)
        (True, True)

    When it fails: one bandwidth sees differences of its own scale. For equal densities the values of blocks are skewed:
    of the intervals of ten blocks 90 % contain 0 where 95 % should.
    """
    x, y = np.asarray(x, np.float64), np.asarray(y, np.float64)
    size = min(len(x), len(y)) // max(blocks, 1)
    if blocks < 2 or size < 2 or x.shape[1] != y.shape[1]:
        raise ValueError(
            f"mmd expects two samples of one dimension with at least 2 blocks of 2 points, got {x.shape}, {y.shape} "
            f"and {blocks} blocks: give more points."
        )
    h = median_bandwidth(y) if bandwidth is None else bandwidth
    parts = zip(np.split(x[: size * blocks], blocks), np.split(y[: size * blocks], blocks), strict=True)
    return mean_interval(np.array([_unbiased(a, b, h) for a, b in parts]), level)


def _unbiased(x: Sample, y: Sample, h: float) -> float:
    n = len(x)
    within = sum((_kernel(a, a, h).sum() - n) / (n * (n - 1)) for a in (x, y))
    return float(within - 2 * _kernel(x, y, h).mean())


def _kernel(x: Sample, y: Sample, h: float) -> np.ndarray:
    x, y = np.asarray(x), np.asarray(y)
    squares = np.sum(x**2, axis=1)[:, None] + np.sum(y**2, axis=1)[None] - 2 * x @ y.T
    return np.exp(-np.maximum(squares, 0) / (2 * h**2))
