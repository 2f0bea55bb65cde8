"""An encoder that reads a series from its last observation back to its first."""

from typing import Literal

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from .observations import Observations

Cell = Literal["rnn", "gru"]


class Elman(eqx.Module):
    """The plain recurrent cell h' = tanh(W [x, h] + b) [@elman1990]."""

    linear: eqx.nn.Linear

    def __init__(self, size: int, hidden: int, *, key: Key[Array, ""]):
        self.linear = eqx.nn.Linear(size + hidden, hidden, key=key)

    def __call__(self, x: Float[Array, " size"], h: Float[Array, " hidden"]) -> Float[Array, " hidden"]:
        """The next hidden state."""
        return jnp.tanh(self.linear(jnp.concatenate([x, h])))


def recurrent_cell(kind: Cell, size: int, hidden: int, key: Key[Array, ""]) -> Elman | eqx.nn.GRUCell:
    """A plain recurrent cell [@elman1990], or a gated one [@cho2014]."""
    return (Elman if kind == "rnn" else eqx.nn.GRUCell)(size, hidden, key=key)


class TimeReversedEncoder(eqx.Module):
    """A recurrent network that reads irregular observations backwards in time [@chen2018].

    For each slot it reads the values (0 where none was observed), the mask, the gap to the slot read before
    [@rubanova2019], and the time, unless it has no clock. A slot in which nothing was observed leaves the state as it
    is, so that padding and missing rows change nothing.

    Args:
        size: values of an observation.
        hidden: numbers of the hidden state.
        cell: `rnn` or `gru`.
        clock: whether it is told the time. Without a clock, the state after a slot is that of the series that begins
            there, and is the same whenever that is.
        key: of the initial weights.

    Shapes:
        One series to (slots, hidden): the state after reading each slot and all later ones, so that the first row
        has seen everything.

    Example:
        >>> encoder = TimeReversedEncoder(1, 5, key=jax.random.key(0))
        >>> encoder(Observations(jnp.arange(3.0), jnp.ones((3, 1)), jnp.ones((3, 1), bool))).shape
        (3, 5)
    """

    cell: Elman | eqx.nn.GRUCell
    hidden: int = eqx.field(static=True)
    clock: bool = eqx.field(static=True)

    def __init__(self, size: int, hidden: int, *, cell: Cell = "gru", clock: bool = True, key: Key[Array, ""]):
        self.cell = recurrent_cell(cell, 2 * size + 1 + clock, hidden, key)
        self.hidden, self.clock = hidden, clock

    def __call__(self, seen: Observations) -> Float[Array, "slots hidden"]:
        """The states of one series."""
        observed = seen.mask.any(axis=1)
        time = [seen.ts[:, None]] if self.clock else []
        inputs = jnp.concatenate([shown(seen), *time, gaps(seen)[:, None]], axis=1)

        def read(h: Array, slot: tuple[Array, Array]) -> tuple[Array, Array]:
            x, there = slot
            h = jnp.where(there, self.cell(x, h), h)
            return h, h

        return jax.lax.scan(read, jnp.zeros(self.hidden, seen.values.dtype), (inputs, observed), reverse=True)[1]


def shown(seen: Observations) -> Float[Array, "slots both"]:
    """The observed values, 0 for the others, and beside them the mask."""
    values = jnp.where(seen.mask, seen.values, 0)
    return jnp.concatenate([values, seen.mask.astype(values.dtype)], axis=1)


def gaps(seen: Observations) -> Float[Array, " slots"]:
    """From each observed slot to the next observed one; 0 for the last."""
    observed = seen.mask.any(axis=1)

    def back(later: Array, slot: tuple[Array, Array]) -> tuple[Array, Array]:
        t, there = slot
        return jnp.where(there, t, later), jnp.where(jnp.isfinite(later), later - t, 0)

    last = jnp.full((), jnp.inf, seen.ts.dtype)
    return jnp.where(observed, jax.lax.scan(back, last, (seen.ts, observed), reverse=True)[1], 0)
