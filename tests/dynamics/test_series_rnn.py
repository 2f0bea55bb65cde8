import jax
import jax.numpy as jnp
import numpy as np
import optax

from wellposed.dynamics import Elman, Lesson, Lessons, Observations, SeriesRNN, series_rnn_loss
from wellposed.train import Minibatches, fit

RNG = np.random.default_rng(0)
MODEL = SeriesRNN(2, key=jax.random.key(0), hidden=7)
SEEN = Observations(
    jnp.array([0.0, 0.3, 1.0]), jnp.asarray(RNG.normal(size=(3, 2)), jnp.float32), jnp.ones((3, 2), bool)
)


def cell(x, h):
    assert isinstance(MODEL.cell, Elman)
    W, b = np.asarray(MODEL.cell.linear.weight), np.asarray(MODEL.cell.linear.bias)
    return np.tanh(W @ np.concatenate([x, h]) + b)


def head(h):
    return np.asarray(MODEL.head.weight) @ h + np.asarray(MODEL.head.bias)


def test_a_forecast_feeds_on_itself():
    h = np.zeros(7)
    for values, gap in zip(SEEN.values, (0.3, 0.7, 0.5), strict=True):
        h = cell(np.concatenate([values, [1, 1, gap]]), h)
    want = []
    for gap in (0.25, 0.25, 0.0):
        x = head(h)
        want.append(x)
        h = cell(np.concatenate([x, [1, 1, gap]]), h)
    np.testing.assert_allclose(MODEL(SEEN, jnp.array([1.5, 1.75, 2.0])), want, atol=1e-5)


def test_chains_take_their_times_in_turn():
    ts = jnp.array([1.2, 1.3, 1.5, 1.6, 1.8])
    found = MODEL(SEEN, ts, 2)
    np.testing.assert_allclose(found[::2], MODEL(SEEN, ts[::2]), atol=1e-6)
    np.testing.assert_allclose(found[1::2], MODEL(SEEN, ts[1::2]), atol=1e-6)


def test_padding_changes_nothing():
    pad = lambda a, value: jnp.concatenate([a, jnp.full((2, *a.shape[1:]), value, a.dtype)])
    padded = Observations(pad(SEEN.ts, 1.0), pad(SEEN.values, jnp.nan), pad(SEEN.mask, False))
    ts = jnp.array([1.5, 1.75])
    np.testing.assert_allclose(MODEL(padded, ts), MODEL(SEEN, ts), atol=1e-6)

    def loss(seen):
        batch = jax.tree.map(lambda a: a[None], seen)
        return series_rnn_loss(MODEL, Lesson(batch, batch, jnp.ones(())), jax.random.key(0))[0]

    np.testing.assert_allclose(loss(padded), loss(SEEN), rtol=1e-6)


def test_each_value_is_predicted_from_those_before():
    other = SEEN._replace(values=SEEN.values.at[1].add(1.0))
    changed = jnp.abs(MODEL.next_values(other) - MODEL.next_values(SEEN)).max(axis=1) > 0
    assert changed.tolist() == [False, False, True]


def test_it_learns_decays():
    ts = jnp.cumsum(jax.random.uniform(jax.random.key(1), (64, 8), minval=0.05, maxval=0.3), axis=1)
    start = jax.random.uniform(jax.random.key(2), (64, 1), minval=0.5, maxval=2)
    values = (start * jnp.exp(-ts))[:, :, None]
    some = Observations(ts, values, jnp.ones(values.shape, bool))
    lessons = Lessons(Minibatches((some, some), 32, key=jax.random.key(3)))
    model = SeriesRNN(1, key=jax.random.key(4))
    found = fit(model, series_rnn_loss, lessons, optax.adam(1e-2), steps=400, key=jax.random.key(5)).model
    first = jax.tree.map(lambda a: a[:, :5], some)
    forecast = jax.vmap(found)(first, ts[:, 5:])
    error = jnp.sqrt(jnp.mean((forecast - values[:, 5:]) ** 2))
    assert error < 0.2 * jnp.sqrt(jnp.mean(values[:, 5:] ** 2))
