import math

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from wellposed.dynamics import LatentODE, Lessons, Observations, divergence, log_likelihood, negative_elbo
from wellposed.train import Minibatches, fit

STEPS = 8


@pytest.fixture(scope="module")
def model():
    return LatentODE(2, t1=2.0, steps=STEPS, key=jax.random.key(0), width=8, hidden=6)


def waves(n, slots, key):
    """Sines of random phase, each seen at its own times."""
    of_time, of_phase = jax.random.split(key)
    ts = jnp.sort(jax.random.uniform(of_time, (n, slots), maxval=2.0), axis=1)
    phase = jax.random.uniform(of_phase, (n, 1), maxval=2 * math.pi)
    values = jnp.stack([jnp.cos(2 * ts + phase), jnp.sin(2 * ts + phase)], axis=-1)
    return Observations(ts, values, jnp.ones(values.shape, bool))


def test_the_path_solves_the_latent_equation(model):
    """Against the plain recurrence of the classical scheme, at its own steps."""
    z, h, states = jnp.array([0.3, -1.0, 0.5, 0.2]), 2.0 / STEPS, []
    f = lambda z: model.flow.field(0.0, z)
    for _ in range(STEPS + 1):
        states.append(z)
        a = f(z)
        b = f(z + h / 2 * a)
        c = f(z + h / 2 * b)
        z = z + h / 6 * (a + 2 * b + 2 * c + f(z + h * c))
    found = model.path(states[0], jnp.linspace(0, 2, STEPS + 1))
    np.testing.assert_allclose(found, jax.vmap(model.decoder)(jnp.stack(states)), atol=1e-5)


def test_times_of_one_series_do_not_depend_on_each_other(model):
    z, ts = jnp.ones(4), jnp.array([0.1, 0.77, 1.9])
    whole = model.path(z, ts)
    np.testing.assert_allclose(model.path(z, ts[::-1])[::-1], whole, atol=1e-6)


def test_a_longer_interval_is_the_same_motion(model):
    longer = model.until(4.5)
    ts = jnp.linspace(0, 2, 5)
    np.testing.assert_allclose(longer.path(jnp.ones(4), ts), model.path(jnp.ones(4), ts), atol=1e-5)
    assert longer.flow.steps == 18
    assert not jnp.isfinite(model.path(jnp.ones(4), jnp.array([3.0]))).any()


def test_the_bound_is_below_the_evidence(model):
    """E_q log p(x|z) - KL(q|p) <= log p(x), the right side by importance sampling from q."""
    one = jax.tree.map(lambda a: a[0], waves(1, 3, jax.random.key(1)))
    model = eqx.tree_at(lambda m: m.log_noise, model, jnp.zeros(2))
    mean, log_std = model.posterior(one)
    draws = mean[None] + jnp.exp(log_std)[None] * jax.random.normal(jax.random.key(2), (4000, 4))
    fits = jax.jit(jax.vmap(lambda z: log_likelihood(one, model.path(z, one.ts - one.ts[0]), model.log_noise)))(draws)
    log_ratio = jnp.sum(-0.5 * draws**2 + 0.5 * ((draws - mean[None]) / jnp.exp(log_std)[None]) ** 2 + log_std[None], 1)
    evidence = jax.nn.logsumexp(fits + log_ratio) - math.log(len(draws))
    bound = fits.mean() - divergence(mean, log_std)
    parts = jax.vmap(lambda key: jnp.stack(model.elbo(one, one, key)))(jax.random.split(jax.random.key(3), 2000)).mean(
        0
    )
    np.testing.assert_allclose(parts[0] - parts[1], bound, rtol=0.05)
    assert bound < evidence < bound + 2.0


def test_it_learns_to_go_on(model):
    some = waves(64, 6, jax.random.key(4))
    lessons = Lessons(Minibatches((some, some), 32, key=jax.random.key(5)))
    start = LatentODE(2, t1=2.0, steps=STEPS, key=jax.random.key(6), width=16, hidden=16)
    found = fit(start, negative_elbo, lessons, optax.adam(1e-2), steps=400, key=jax.random.key(7))
    new = waves(16, 6, jax.random.key(8))
    ahead = jnp.linspace(2.0, 2.5, 5)
    phase = jnp.arctan2(new.values[:, 0, 1], new.values[:, 0, 0]) - 2 * new.ts[:, 0]
    truth = jnp.stack([jnp.cos(2 * ahead[None] + phase[:, None]), jnp.sin(2 * ahead[None] + phase[:, None])], -1)
    longer = found.model.until(2.5)
    forecast = eqx.filter_jit(jax.vmap(lambda seen: longer.forecast(seen, ahead, jax.random.key(9))))(new)
    error = jnp.sqrt(jnp.mean((forecast.mean - truth) ** 2))
    assert error < 0.35  # the truth's own root mean square is 0.7
    assert forecast.spread.shape == (16, 5, 2)
    assert bool((forecast.spread > 0).all())


def test_the_spread_is_that_of_the_posterior(model):
    sure = eqx.tree_at(lambda m: m.head.bias, model, model.head.bias.at[4:].set(-20.0))
    one = jax.tree.map(lambda a: a[0], waves(1, 3, jax.random.key(1)))
    ts = one.ts[0] + jnp.linspace(0, 2, 4)
    forecast = sure.forecast(one, ts, jax.random.key(0))
    np.testing.assert_allclose(forecast.mean, sure(one, ts), atol=1e-5)
    assert forecast.spread.max() < 1e-5


def test_a_series_that_is_observed_later_is_the_same_series(model):
    one, ts = jax.tree.map(lambda a: a[0], waves(1, 3, jax.random.key(1))), jnp.linspace(1.9, 2.0, 3)
    np.testing.assert_allclose(model(one._replace(ts=one.ts + 7), ts + 7), model(one, ts), atol=1e-5)


def test_padding_of_any_time_changes_neither_the_bound_nor_its_gradient(model):
    one = jax.tree.map(lambda a: a[0], waves(1, 3, jax.random.key(1)))
    pad = lambda a, by: jnp.concatenate([jnp.full_like(a[:1], by), a, jnp.full_like(a[:1], by)])
    wide = Observations(pad(one.ts, 99.0), pad(one.values, jnp.nan), pad(one.mask, False))

    @eqx.filter_jit
    def slopes(series):
        total = lambda model: sum(model.evidence(series, series, jax.random.key(2)))
        return eqx.filter_value_and_grad(total)(model)

    for a, b in zip(*(jax.tree.leaves(eqx.filter(slopes(s), eqx.is_array)) for s in (wide, one)), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-3, rtol=1e-4)
