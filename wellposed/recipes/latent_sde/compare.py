"""How far the paths of two systems are apart in law."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Array, Float

from wellposed.metrics import invariant_error, spectrum_error

Many = Float[Array | np.ndarray, "n times coordinates"]


class Distance(NamedTuple):
    """Distances between two sets of paths; 0 for the same law, but for the finite number of paths.

    Attributes:
        marginal: Wasserstein's distance of the values at one time over their spread at all times, mean over times and
            coordinates.
        pooled: the same of the values of all times together.
        spectrum: the part of the power at other frequencies, of all paths together.
    """

    marginal: float
    pooled: float
    spectrum: float


def distance(found: Many, true: Many) -> Distance:
    """The distances of some paths from the system's."""
    found, true = np.asarray(found, float), np.asarray(true, float)
    if not np.isfinite(found).all():
        return Distance(np.inf, np.inf, 1.0)
    flat = lambda paths: paths.reshape(-1, paths.shape[2])
    side_by_side = lambda paths: np.moveaxis(paths, 1, 0).reshape(paths.shape[1], -1)
    return Distance(
        float(np.mean(marginals(found, true))),
        invariant_error(flat(found), flat(true)),
        spectrum_error(side_by_side(found), side_by_side(true)),
    )


def marginals(found: Many, true: Many) -> Float[np.ndarray, " times"]:
    """Wasserstein's distance of the values at each time, over the spread of the truth at all times."""
    from scipy.stats import wasserstein_distance

    found, true = np.asarray(found, float), np.asarray(true, float)
    spread = true.reshape(-1, true.shape[2]).std(axis=0)
    places = [(t, i) for t in range(true.shape[1]) for i in range(true.shape[2])]
    each = [wasserstein_distance(found[:, t, i], true[:, t, i]) / spread[i] for t, i in places]
    return np.array(each).reshape(true.shape[1], -1).mean(axis=1)


def gaussian_paths(
    known: Float[Array | np.ndarray, "known times coordinates"], n: int, seed: int
) -> Float[np.ndarray, "n times coordinates"]:
    """Draws from the Gaussian process with the mean and the covariance of some paths: the best linear model."""
    known = np.asarray(known, float)
    flat = known.reshape(len(known), -1)
    U, s, Vt = np.linalg.svd(flat - flat.mean(axis=0), full_matrices=False)
    del U
    draws = np.random.default_rng(seed).normal(size=(n, len(s))) @ (s[:, None] / np.sqrt(len(known) - 1) * Vt)
    return (flat.mean(axis=0) + draws).reshape(n, *known.shape[1:])
