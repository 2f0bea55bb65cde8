"""The recurrent network that latent ODEs are compared with: each observation is predicted from those before."""

import math

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from .observations import Lesson, Observations, log_likelihood
from .time_reversed import Cell, Elman, gaps, recurrent_cell, shown


class SeriesRNN(eqx.Module):
    """A recurrent network on irregular time series, told the time to the next observation [@chen2018].

    Equation: h_i = cell([x_i, mask_i, t_{i+1} - t_i], h_{i-1}) and x_{i+1} ~ N(W h_i + b, sigma^2). It is trained to
    predict each next observation from the true ones before. A forecast goes on with its own predictions in their place.

    Args:
        size: values of an observation.
        key: of the initial weights.
        hidden: numbers of the hidden state.
        cell: `rnn` or `gru`.
        noise: sigma before training.

    Shapes:
        The map takes the `Observations` of one series and later times to values (times, size).

    Example:
        >>> model = SeriesRNN(2, key=jax.random.key(0))
        >>> seen = Observations(jnp.array([0.1, 0.5]), jnp.ones((2, 2)), jnp.ones((2, 2), bool))
        >>> model(seen, jnp.linspace(1, 2, 5)).shape
        (5, 2)

    When it fails: its errors feed back, so a forecast over many times drifts.
    """

    cell: Elman | eqx.nn.GRUCell
    head: eqx.nn.Linear
    log_noise: Float[Array, " size"]
    hidden: int = eqx.field(static=True)

    def __init__(self, size: int, *, key: Key[Array, ""], hidden: int = 25, cell: Cell = "rnn", noise: float = 0.3):
        inner, outer = jax.random.split(key)
        self.cell = recurrent_cell(cell, 2 * size + 1, hidden, inner)
        self.head = eqx.nn.Linear(hidden, size, key=outer)
        self.log_noise = jnp.full(size, math.log(noise))
        self.hidden = hidden

    def __call__(self, seen: Observations, ts: Float[Array, " times"], chains: int = 1) -> Float[Array, "times size"]:
        """The forecast at times after the last observation, one after the other.

        Args:
            seen: one series.
            ts: later times.
            chains: to so many chains the times are dealt out in turn, each with forecasts that feed on those of its
                own. Where the times are denser than the observations, its steps are then as long as those of training.
        """
        rows = jnp.pad(ts, (0, -len(ts) % chains), mode="edge").reshape(-1, chains)
        forecasts = jax.vmap(lambda own: self._chain(seen, own), 1, 1)(rows)
        return forecasts.reshape(-1, forecasts.shape[2])[: len(ts)]

    def _chain(self, seen: Observations, ts: Float[Array, " times"]) -> Float[Array, "times size"]:
        observed = seen.mask.any(axis=1)
        last = jnp.max(jnp.where(observed, seen.ts, -jnp.inf))
        gap = jnp.where(observed & (seen.ts == last), ts[0] - last, gaps(seen))
        h = self._read(seen, gap)[-1]
        ones = jnp.ones(seen.values.shape[1], seen.values.dtype)

        def go_on(h: Array, gap: Array) -> tuple[Array, Array]:
            x = self.head(h)
            return self.cell(jnp.concatenate([x, ones, gap[None]]), h), x

        return jax.lax.scan(go_on, h, jnp.diff(ts, append=ts[-1:]))[1]

    def next_values(self, seen: Observations) -> Float[Array, "slots size"]:
        """What is expected at each slot, given the observations before it; at the first one, given nothing."""
        h = self._read(seen, gaps(seen))
        before = jnp.concatenate([jnp.zeros_like(h[:1]), h[:-1]])
        return jax.vmap(self.head)(before)

    def _read(self, seen: Observations, gap: Float[Array, " slots"]) -> Float[Array, "slots hidden"]:
        def read(h: Array, slot: tuple[Array, Array]) -> tuple[Array, Array]:
            x, there = slot
            h = jnp.where(there, self.cell(x, h), h)
            return h, h

        inputs = jnp.concatenate([shown(seen), gap[:, None]], axis=1)
        start = jnp.zeros(self.hidden, seen.values.dtype)
        return jax.lax.scan(read, start, (inputs, seen.mask.any(axis=1)))[1]


def series_rnn_loss(
    model: SeriesRNN, batch: Lesson, key: Key[Array, ""]
) -> tuple[Float[Array, ""], dict[str, Float[Array, ""]]]:
    """The negative log-likelihood of each next observation of the targets, per series, for `train.fit`."""
    del key
    one = lambda series: log_likelihood(series, model.next_values(series), model.log_noise)
    return -jnp.mean(jax.vmap(one)(batch.target)), {}
