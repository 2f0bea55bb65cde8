"""Trajectories as the samples of a regression."""

from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from wellposed.simulate import Trajectories

from ..smoothed_slopes import smoothed_slopes


class Samples(NamedTuple):
    """States with their derivatives and parameters, one below the other."""

    x: Float[Array, "samples state"]
    dx: Float[Array, "samples state"]
    p: Float[Array, "samples 1"] | None


def snapshots(trajectories: Trajectories) -> Float[Array, "samples state"]:
    """All states that count, one below the other."""
    return jnp.asarray(np.asarray(trajectories.states)[_counting(trajectories)])


def samples(trajectories: Trajectories) -> Samples:
    """All states that count with their derivatives: as recorded, or of smoothing splines."""
    states, counting = np.asarray(trajectories.states), _counting(trajectories)
    if trajectories.slopes is None:
        slopes = smoothed_slopes(np.asarray(trajectories.ts), states, counting)
    else:
        slopes = np.asarray(trajectories.slopes)
    p = None
    if trajectories.parameters is not None:
        each = np.broadcast_to(np.asarray(trajectories.parameters, states.dtype)[:, None], counting.shape)
        p = jnp.asarray(each[counting][:, None])
    return Samples(jnp.asarray(states[counting]), jnp.asarray(slopes[counting].astype(states.dtype)), p)


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
