import jax
import jax.numpy as jnp
import numpy as np
import scipy.stats

from wellposed.dynamics import Observations, divergence, log_likelihood


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
