"""How good the forecasts are: for how long they are right, and whether they look like the system afterwards."""

from collections.abc import Callable
from typing import Any, NamedTuple

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from wellposed.metrics import invariant_error, spectrum_error, valid_prediction_time
from wellposed.simulate import Trajectories


class Score(NamedTuple):
    """The figures of one trained map.

    Attributes:
        valid: valid prediction time of each forecast, in units of time.
        spectrum: distance of the power spectra, a fraction.
        invariant: distance of the distributions of values, in standard deviations.
        forecasts: the predicted states of the first forecasts, with the truth's times.
    """

    valid: Float[np.ndarray, " forecasts"]
    spectrum: float
    invariant: float
    forecasts: Float[np.ndarray, "forecasts times state"]


class Starts(NamedTuple):
    """From where forecasts begin: states so far, and the truth that follows.

    Attributes:
        past: shape (forecasts, history, state), oldest first.
        truth: shape (forecasts, horizon + 1, state), its first state being the last of the past.
        ts: times of the truth.
    """

    past: Float[np.ndarray, "forecasts history state"]
    truth: Float[np.ndarray, "forecasts times state"]
    ts: Float[np.ndarray, " times"]


def starts(test: Trajectories, count: int, history: int, horizon: int) -> Starts:
    """Places spread over the test trajectory."""
    states = np.asarray(test.states[0])
    history = min(history, len(states) - horizon - 1)
    last = np.unique(np.linspace(history - 1, len(states) - horizon - 1, count).astype(int))
    past = np.stack([states[at - history + 1 : at + 1] for at in last])
    truth = np.stack([states[at : at + horizon + 1] for at in last])
    ts = np.asarray(test.ts)
    return Starts(past, truth, ts[: horizon + 1] - ts[0])


@eqx.filter_jit
def _every(f: Callable[..., Any], past: Array, ts: Array) -> Array:
    return eqx.filter_vmap(lambda x: f(x, None, ts))(past)


def score(f: Callable[..., Any], from_: Starts, test: Trajectories) -> Score:
    """The forecasts of a map from all starts; its statistics are those of all forecasts one behind the other."""
    found = np.asarray(_every(f, jnp.asarray(from_.past), jnp.asarray(from_.ts)), float)
    valid = [valid_prediction_time(p, t, from_.ts) for p, t in zip(found, from_.truth, strict=True)]
    truth = np.asarray(test.states[0], float)
    late = found[:, from_.ts.size // 2 :]  # after the forecast has lost the trajectory, if it is to lose it
    spectrum = np.mean([spectrum_error(p, t) for p, t in zip(found, from_.truth.astype(float), strict=True)])
    return Score(np.array(valid), float(spectrum), invariant_error(late.reshape(-1, late.shape[2]), truth), found)
