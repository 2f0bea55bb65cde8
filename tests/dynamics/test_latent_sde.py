import math

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
import scipy.stats

from wellposed.dynamics import LatentSDE, Lessons, Observations, divergence, negative_elbo
from wellposed.train import Minibatches, fit

STEPS = 50


def small(size=1, steps=STEPS, seed=0, **options):
    options = {"latent": size, "context": 4, "width": 8, "narrow": 8, "noise": 0.1} | options
    return LatentSDE(size, t1=1.0, steps=steps, key=jax.random.key(seed), **options)


@pytest.fixture(scope="module")
def model():
    return small()


SEEN = Observations(jnp.linspace(0, 1, 6), jnp.ones((6, 1)), jnp.ones((6, 1), bool))


def constant(net, value):
    """A perceptron with the same value everywhere."""
    last = net.layers[-1]
    return eqx.tree_at(
        lambda n: (n.layers[-1].weight, n.layers[-1].bias), net, (0 * last.weight, 0 * last.bias + value)
    )


def test_the_divergence_of_two_constant_drifts_is_girsanovs(model):
    """f - h and g are constant, so the integral is |(f - h) / g|^2 / 2, and the paths do not matter."""
    known = eqx.tree_at(
        lambda m: (m.posterior_drift, m.prior_drift),
        model,
        (constant(model.posterior_drift, 0.9), constant(model.prior_drift, 0.4)),
    )
    nets = known.diffusion.nets
    flat = lambda n: (n.layers[-1].weight, n.layers[-1].bias)
    known = eqx.tree_at(lambda m: flat(m.diffusion.nets), known, (0 * flat(nets)[0], 0 * flat(nets)[1]))
    _, kl = known.elbo(SEEN, SEEN, jax.random.key(1))
    mean, log_std = jnp.split(known.head(known.to_context(known.encoder(SEEN)[0])), 2)
    np.testing.assert_allclose(kl - divergence(mean, log_std), 0.5 * (0.5 / 0.501) ** 2, rtol=1e-4)


def test_the_prior_has_the_moments_of_its_equation(model):
    """dz = 0.4 dt + g dW from N(0, 1): mean 0.4 t, variance 1 + g^2 t."""
    known = eqx.tree_at(lambda m: m.prior_drift, model, constant(model.prior_drift, 0.4))
    nets = known.diffusion.nets
    flat = lambda n: (n.layers[-1].weight, n.layers[-1].bias)
    known = eqx.tree_at(lambda m: flat(m.diffusion.nets), known, (0 * flat(nets)[0], 0 * flat(nets)[1]))
    known = eqx.tree_at(lambda m: (m.decoder.weight, m.decoder.bias), known, (jnp.ones((1, 1)), jnp.zeros(1)))
    ts = jnp.array([0.0, 0.5, 1.0])
    paths = eqx.filter_jit(jax.vmap(lambda key: known.sample(key, ts)))(jax.random.split(jax.random.key(2), 8000))[
        ..., 0
    ]
    np.testing.assert_allclose(paths.mean(0), 0.4 * ts, atol=0.04)
    np.testing.assert_allclose(paths.var(0), 1 + 0.501**2 * ts, rtol=0.05)


def test_padding_and_missing_values_change_nothing(model):
    places = jnp.array([0, 1, 2, 4, 5, 6])
    spread = lambda a, value: jnp.full((9, *a.shape[1:]), value, a.dtype).at[places].set(a)
    padded = Observations(spread(SEEN.ts, 0.5), spread(SEEN.values, jnp.nan), spread(SEEN.mask, False))
    for a, b in zip(
        model.elbo(padded, padded, jax.random.key(0)), model.elbo(SEEN, SEEN, jax.random.key(0)), strict=True
    ):
        np.testing.assert_allclose(a, b, rtol=1e-5)


def test_a_path_does_not_know_the_past(model):
    """What was observed up to t is no part of c(t): only the first state has read it."""
    still = eqx.tree_at(lambda m: m.head.weight, model, 0 * model.head.weight)
    path = lambda seen: still._posterior(seen, jax.random.key(0))[0]
    first, third = (SEEN._replace(values=SEEN.values.at[i].add(1.0)) for i in (0, 2))
    np.testing.assert_array_equal(path(first), path(SEEN))
    changed = jnp.abs(path(third) - path(SEEN)).max(axis=1) > 0
    assert changed.tolist() == [False] + [True] * STEPS


def test_beyond_the_observations_it_moves_as_the_prior(model):
    few = jax.tree.map(lambda a: a[:3], SEEN)
    drifts = (constant(model.posterior_drift, 1e3), constant(model.prior_drift, 0.0))
    states, _ = eqx.tree_at(lambda m: (m.posterior_drift, m.prior_drift), model, drifts)._posterior(
        few, jax.random.key(0)
    )
    jumps = jnp.abs(jnp.diff(states[:, 0]))
    assert jumps[:20].min() > 10
    assert jumps[20:].max() < 2


def test_between_the_steps_it_is_linear_and_outside_unknown(model):
    values = model(SEEN, jnp.array([0.1, 0.11, 0.12, 1.2]), jax.random.key(0))[:, 0]
    np.testing.assert_allclose(values[1], (values[0] + values[2]) / 2, atol=1e-5)
    assert jnp.isnan(values[3])


def test_it_learns_an_ornstein_uhlenbeck_process():
    """dx = -2 x dt + 0.7 dW in its stationary law, seen with noise: the evidence is that of a Gaussian."""
    n, points, rate, noise = 256, 11, 2.0, 0.2
    std = 0.7 / math.sqrt(2 * rate)
    ts = np.linspace(0, 1, points)
    covariance = std**2 * np.exp(-rate * np.abs(ts[:, None] - ts[None])) + noise**2 * np.eye(points)
    values = np.random.default_rng(0).multivariate_normal(np.zeros(points), covariance, n)[:, :, None]
    evidence = scipy.stats.multivariate_normal.logpdf(values[:, :, 0], np.zeros(points), covariance).mean()  # pyright: ignore[reportArgumentType]
    tiled = jnp.tile(jnp.asarray(ts, jnp.float32)[None], (n, 1))
    some = Observations(tiled, jnp.asarray(values, jnp.float32), jnp.ones(values.shape, bool))
    lessons = Lessons(Minibatches((some, some), 64, key=jax.random.key(0)), rise=50)
    start = small(steps=20, context=8, width=16, noise=noise)
    optimiser = optax.adam(optax.cosine_decay_schedule(3e-2, 800))
    found = fit(start, negative_elbo, lessons, optimiser, steps=800, key=jax.random.key(1))
    assert evidence - 1.5 < -found.history.terms["loss"][-100:].mean() < evidence + 0.3  # a batch is not all of them
    draw = lambda key: found.model.sample(key, jnp.array([0.5, 0.9]))
    paths = eqx.filter_jit(jax.vmap(draw))(jax.random.split(jax.random.key(2), 2000))[..., 0]
    np.testing.assert_allclose(paths.std(0), std, rtol=0.25)
    assert abs(float(np.corrcoef(paths.T)[0, 1]) - math.exp(-rate * 0.4)) < 0.3
