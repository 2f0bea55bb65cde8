import jax
import jax.numpy as jnp
import numpy as np
import pytest

from wellposed.dynamics import Elman, Observations, TimeReversedEncoder
from wellposed.dynamics.time_reversed import gaps

RNG = np.random.default_rng(0)
TS = jnp.array([0.1, 0.4, 0.9, 1.6])
VALUES = jnp.asarray(RNG.normal(size=(4, 2)), jnp.float32)
MASK = jnp.array([[True, True], [True, False], [False, True], [True, True]])
FULL = Observations(TS, VALUES, MASK)


@pytest.mark.parametrize("cell", ["rnn", "gru"])
def test_padding_and_empty_slots_change_nothing(cell):
    encoder = TimeReversedEncoder(2, 6, cell=cell, key=jax.random.key(0))
    places = np.array([0, 2, 3, 5])
    ts, values, mask = jnp.full(7, 9.0), jnp.full((7, 2), jnp.nan), jnp.zeros((7, 2), bool)
    wide = Observations(ts.at[places].set(TS), values.at[places].set(VALUES), mask.at[places].set(MASK))
    np.testing.assert_allclose(encoder(wide)[places], encoder(FULL), atol=1e-6)


def test_a_state_has_read_its_own_slot_and_the_later_ones():
    encoder = TimeReversedEncoder(2, 6, key=jax.random.key(0))
    other = FULL._replace(values=VALUES.at[1, 0].add(1.0))
    changed = jnp.abs(encoder(other) - encoder(FULL)).max(axis=1) > 0
    assert changed.tolist() == [True, True, False, False]


def test_without_a_clock_a_later_series_is_the_same():
    encoder = TimeReversedEncoder(2, 6, clock=False, key=jax.random.key(0))
    np.testing.assert_allclose(encoder(FULL._replace(ts=TS + 5)), encoder(FULL), atol=1e-5)
    rest = jax.tree.map(lambda a: a[2:], FULL)
    np.testing.assert_allclose(encoder(rest), encoder(FULL)[2:], atol=1e-6)


def test_the_plain_cell_written_out():
    encoder = TimeReversedEncoder(2, 6, cell="rnn", key=jax.random.key(0))
    assert isinstance(encoder.cell, Elman)
    W, b = np.asarray(encoder.cell.linear.weight), np.asarray(encoder.cell.linear.bias)
    h = np.zeros(6)
    for i, gap in ((3, 0.0), (2, 0.7), (1, 0.5), (0, 0.3)):
        mask = np.asarray(MASK[i])
        x = np.concatenate([np.where(mask, VALUES[i], 0), mask, [TS[i], gap], h])
        h = np.tanh(W @ x + b)
    np.testing.assert_allclose(encoder(FULL)[0], h, atol=1e-5)


def test_gaps_skip_what_was_not_observed():
    mask = jnp.array([[True], [False], [True], [True]])
    np.testing.assert_allclose(gaps(Observations(TS, VALUES[:, :1], mask)), [0.8, 0, 0.7, 0], atol=1e-6)
