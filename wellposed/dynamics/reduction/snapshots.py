"""Trajectories as the samples of a regression."""

import math
from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from wellposed.simulate import Trajectories

_ORDER = 6  # of the differences that tell noise from signal


class Samples(NamedTuple):
    """States with their derivatives and parameters, one below the other."""

    x: Float[Array, "samples state"]
    dx: Float[Array, "samples state"]
    p: Float[Array, "samples 1"] | None


def snapshots(trajectories: Trajectories) -> Float[Array, "samples state"]:
    """All states that count, one below the other."""
    return jnp.asarray(np.asarray(trajectories.states)[_counting(trajectories)])


def samples(trajectories: Trajectories) -> Samples:
    """All states that count with their derivatives: as recorded, or of a smoothing spline through each component."""
    states, counting = np.asarray(trajectories.states), _counting(trajectories)
    if trajectories.slopes is None:
        slopes = spline_slopes(np.asarray(trajectories.ts), states)
    else:
        slopes = np.asarray(trajectories.slopes)
    p = None
    if trajectories.parameters is not None:
        each = np.broadcast_to(np.asarray(trajectories.parameters, states.dtype)[:, None], counting.shape)
        p = jnp.asarray(each[counting][:, None])
    return Samples(jnp.asarray(states[counting]), jnp.asarray(slopes[counting].astype(states.dtype)), p)


def spline_slopes(ts: np.ndarray, states: np.ndarray) -> np.ndarray:
    """Derivatives of quintic splines, smoothed as far as the noise asks for [@reinsch1967].

    The residual of a spline is that of the noise, whose variance is that of sixth differences over binomial(12, 6).

    Args:
        ts: shape (times,), about evenly spaced.
        states: shape (trajectories, times, state).
    """
    from scipy.interpolate import UnivariateSpline

    ts = ts.astype(np.float64)
    along = np.moveaxis(states.astype(np.float64), 1, 0).reshape(len(ts), -1)
    if len(ts) <= _ORDER:
        raise ValueError(f"Derivatives by splines expect more than {_ORDER} times, got {len(ts)}: give the slopes.")
    variances = np.mean(np.diff(along, _ORDER, axis=0) ** 2, axis=0) / math.comb(2 * _ORDER, _ORDER)
    fitted = (UnivariateSpline(ts, x, k=5, s=len(ts) * v) for x, v in zip(along.T, variances, strict=True))
    slopes = np.stack([spline.derivative()(ts) for spline in fitted], axis=1)
    return np.moveaxis(slopes.reshape(len(ts), states.shape[0], states.shape[2]), 0, 1)


def even_step(trajectories: Trajectories, name: str) -> float:
    """The time between two states.

    Raises:
        ValueError: if it is not one and the same.
    """
    ts = np.asarray(trajectories.ts, np.float64)
    steps = np.diff(ts)
    if not np.allclose(steps, steps.mean(), rtol=1e-3, atol=0):
        raise ValueError(
            f"{name} expects evenly spaced times, got steps from {steps.min():.4g} to {steps.max():.4g}: "
            "interpolate the trajectories first."
        )
    return float(ts[-1] - ts[0]) / (len(ts) - 1)


def _counting(trajectories: Trajectories) -> np.ndarray:
    if trajectories.inside is None:
        return np.ones(np.shape(trajectories.states)[:2], bool)
    return np.asarray(trajectories.inside)
