"""The row of time: the order of events counts, not when they happen."""

import itertools
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Key

from .room import Labelled, Room

LENGTH, EVENTS = 48, 3
ORDERS = tuple(itertools.permutations(range(EVENTS)))
_HIDDEN = 16


def events(seed: int, n: int, moved: bool) -> Labelled:
    """Three bumps, one in each channel; their order is the class. Moved: time runs faster here and slower there."""
    rng, warps = np.random.default_rng((1, seed)), np.random.default_rng((2, seed))
    t = np.linspace(0, 1, LENGTH)
    labels = rng.integers(len(ORDERS), size=n)
    samples = np.empty((n, LENGTH, EVENTS))
    for sample, label in zip(samples, labels, strict=True):
        clock = t
        if moved:
            pace = np.interp(t, np.linspace(0, 1, 5), np.exp(0.9 * warps.normal(size=5)))
            clock = np.concatenate([[0], np.cumsum(pace)[:-1]]) / np.cumsum(pace)[-2]
        centres = np.array([0.2, 0.5, 0.8]) + rng.uniform(-0.06, 0.06, EVENTS)
        for place, channel in enumerate(ORDERS[label]):
            sample[:, channel] = np.exp(-((clock - centres[place]) ** 2) / (2 * 0.05**2))
        sample += 0.05 * rng.normal(size=sample.shape)
    return Labelled(jnp.asarray(samples, float), jnp.asarray(labels))


class Recurrent(eqx.Module):
    """A recurrent cell along the sequence; its last state decides."""

    cell: Any
    answer: eqx.nn.Linear

    def __call__(self, x: Float[Array, "times channels"]) -> Float[Array, " classes"]:
        """One sequence."""
        state = self.cell.start(x.dtype)
        state, _ = jax.lax.scan(lambda state, now: (self.cell(now, state), None), state, x)
        return self.answer(jax.tree.leaves(state)[0])


class Gated(eqx.Module):
    """The cell of a long short-term memory: its gates decide how fast its time runs [@hochreiter1997] [@tallec2018]."""

    cell: eqx.nn.LSTMCell

    def start(self, dtype: jnp.dtype) -> tuple[Array, Array]:
        """The state before the first number."""
        return jnp.zeros(_HIDDEN, dtype), jnp.zeros(_HIDDEN, dtype)

    def __call__(self, now: Array, state: tuple[Array, Array]) -> tuple[Array, Array]:
        """One step."""
        return self.cell(now, state)


class Ungated(eqx.Module):
    """The cell h -> tanh(W x + U h + b), whose time runs at one pace."""

    both: eqx.nn.Linear

    def start(self, dtype: jnp.dtype) -> Array:
        """The state before the first number."""
        return jnp.zeros(2 * _HIDDEN, dtype)

    def __call__(self, now: Array, state: Array) -> Array:
        """One step."""
        return jnp.tanh(self.both(jnp.concatenate([now, state])))


def _lstm(key: Key[Array, ""]) -> Recurrent:
    first, last = jax.random.split(key)
    return Recurrent(Gated(eqx.nn.LSTMCell(EVENTS, _HIDDEN, key=first)), eqx.nn.Linear(_HIDDEN, len(ORDERS), key=last))


def _rnn(key: Key[Array, ""]) -> Recurrent:
    first, last = jax.random.split(key)
    hidden = 2 * _HIDDEN
    return Recurrent(
        Ungated(eqx.nn.Linear(EVENTS + hidden, hidden, key=first)), eqx.nn.Linear(hidden, len(ORDERS), key=last)
    )


ROOMS = (
    Room(
        "LSTM",
        "line of time",
        "time warping, learned",
        True,
        "time warped",
        events,
        _lstm,
        _rnn,
        "recurrent network without gates",
    ),
)
