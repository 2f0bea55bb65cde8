import jax
import jax.numpy as jnp
import numpy as np
import scipy.stats

from wellposed.dynamics import Lessons, Observations, divergence, log_density, log_likelihood
from wellposed.train import Minibatches


def test_the_log_likelihood_is_that_of_the_observed_values():
    rng = np.random.default_rng(0)
    values, mean, noise = rng.normal(size=(5, 2)), rng.normal(size=(5, 2)), np.array([0.5, 2.0])
    mask = rng.uniform(size=(5, 2)) < 0.6
    want = scipy.stats.norm.logpdf(values, mean, noise[None])[mask].sum()
    hidden = np.where(mask, values, np.nan)
    with jax.enable_x64(True):
        series = Observations(jnp.arange(5.0), jnp.asarray(hidden), jnp.asarray(mask))
        both = jax.value_and_grad(log_likelihood, 1)(series, jnp.asarray(mean), jnp.log(jnp.asarray(noise)))
    np.testing.assert_allclose(both[0], want, rtol=1e-12)
    np.testing.assert_array_equal(np.asarray(both[1]) == 0, ~mask)


def test_the_divergence_is_that_of_two_gaussians():
    rng = np.random.default_rng(1)
    m, s, pm, ps = rng.normal(size=(4, 3))
    x = m + np.exp(s) * rng.normal(size=(400_000, 3))
    logs = scipy.stats.norm.logpdf(x, m, np.exp(s)) - scipy.stats.norm.logpdf(x, pm, np.exp(ps))
    with jax.enable_x64(True):
        found = divergence(*(jnp.asarray(a) for a in (m, s, pm, ps)))
        own = divergence(jnp.asarray(m), jnp.asarray(s), jnp.asarray(m), jnp.asarray(s))
    np.testing.assert_allclose(found, logs.sum(1).mean(), rtol=0.01)
    assert float(own) == 0


def test_the_density_is_that_of_a_gaussian():
    z, m, s = np.random.default_rng(2).normal(size=(3, 4))
    with jax.enable_x64(True):
        found = log_density(jnp.asarray(z), jnp.asarray(m), jnp.asarray(s))
    np.testing.assert_allclose(found, scipy.stats.norm.logpdf(z, m, np.exp(s)).sum(), rtol=1e-12)


def test_a_part_of_the_series_is_seen_to_a_random_length_and_explained_to_the_end():
    n, slots = 4000, 6
    there = jnp.broadcast_to(jnp.array([True, True, False, True, True, False])[None, :, None], (n, slots, 1))
    some = Observations(jnp.zeros((n, slots)), jnp.zeros((n, slots, 1)), there)
    lesson = Lessons(Minibatches((some, some), n, key=jax.random.key(0)), cut=0.5)(jax.random.key(1), jnp.array(0))
    assert bool(lesson.target.mask.sum() == there.sum())
    counts = np.asarray(lesson.seen.mask.sum((1, 2)))
    shares = [np.mean(counts == k) for k in range(5)]  # half is whole; the rest has 1, 2, 3 or 4 slots alike
    np.testing.assert_allclose(shares, [0, 1 / 8, 1 / 8, 1 / 8, 5 / 8], atol=0.025)
    begins = np.diff(np.asarray(lesson.seen.mask)[:, [0, 1, 3, 4], 0].astype(int), axis=1)
    assert (begins <= 0).all()
