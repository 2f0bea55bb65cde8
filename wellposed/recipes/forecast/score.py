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
        spectrum: distance of the power spectra of all second halves from the truth's, a fraction.
        invariant: distance of the distributions of their values from the truth's, in standard deviations.
        forecasts: the predicted states of the first forecasts, with the truth's times.
    """

    valid: Float[np.ndarray, " forecasts"]
    spectrum: float
    invariant: float
    forecasts: Float[np.ndarray, "forecasts times state"]


class Floor(NamedTuple):
    """The same distances between one part of the truth and the other.

    Attributes:
        spectrum: a fraction.
        invariant: in standard deviations.
    """

    spectrum: float
    invariant: float


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
    last = np.unique(np.linspace(history - 1, len(states) - horizon - 1, count).astype(int))
    past = np.stack([states[at - history + 1 : at + 1] for at in last])
    truth = np.stack([states[at : at + horizon + 1] for at in last])
    ts = np.asarray(test.ts)
    return Starts(past, truth, ts[: horizon + 1] - ts[0])


@eqx.filter_jit
def _every(f: Callable[..., Any], past: Array, ts: Array) -> Array:
    return eqx.filter_vmap(lambda x: f(x, None, ts))(past)


def score(f: Callable[..., Any], from_: Starts, test: Trajectories) -> Score:
    """The forecasts of a map from all starts: each for how long it is right, and all together their statistics.

    The statistics are those of the second halves, after a forecast has lost the trajectory, if it is to lose it; the
    truth's are those of the whole test trajectory in pieces of that length.
    """
    found = np.asarray(_every(f, jnp.asarray(from_.past), jnp.asarray(from_.ts)), float)
    valid = [valid_prediction_time(p, t, from_.ts) for p, t in zip(found, from_.truth, strict=True)]
    truth = _pieces(test, from_)
    return Score(np.array(valid), *_apart(found[:, -truth.shape[1] :], truth), found)


def floor(from_: Starts, test: Trajectories, draws: int = 20) -> Floor:
    """How far a part of the truth's pieces is from the others, by chance: mean over random divisions.

    A part has as many pieces as there are forecasts, or half of all where that is less.
    """
    truth, draw = _pieces(test, from_), np.random.default_rng(0)
    count = min(len(from_.past), len(truth) // 2)
    found = []
    for _ in range(draws):
        order = draw.permutation(len(truth))
        found.append(_apart(truth[order[:count]], truth[order[count:]]))
    return Floor(*np.mean(found, axis=0).tolist())


def _pieces(test: Trajectories, from_: Starts) -> np.ndarray:
    """The test trajectory, cut into pieces as long as the second half of a forecast."""
    states, length = np.asarray(test.states[0], float), from_.ts.size - from_.ts.size // 2
    count = len(states) // length
    return states[: count * length].reshape(count, length, -1)


def _apart(found: np.ndarray, truth: np.ndarray) -> tuple[float, float]:
    """The distances of pooled spectra and of pooled values, of states of shape (pieces, times, state)."""
    values = lambda x: x.reshape(-1, x.shape[2])
    return spectrum_error(_side_by_side(found), _side_by_side(truth)), invariant_error(values(found), values(truth))


def _side_by_side(x: np.ndarray) -> np.ndarray:
    """Pieces as further components, over which a spectrum sums: (times, pieces * state)."""
    return np.moveaxis(x, 0, 1).reshape(x.shape[1], -1)
