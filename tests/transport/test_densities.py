"""Known densities against SciPy, and their samples."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.stats import multivariate_normal

from wellposed.transport import Gaussian, kernel_density, ring

X = np.array([0.3, -1.2])


def test_a_gaussian():
    factor = jnp.array([[1.0, 0.0], [0.5, 0.7]])
    rho = Gaussian(jnp.array([0.1, 0.2]), factor)
    expected = multivariate_normal(np.array([0.1, 0.2]), np.asarray(factor @ factor.T)).logpdf(X)
    assert float(rho.log_prob(jnp.asarray(X))) == pytest.approx(expected, rel=1e-5)
    drawn = rho.sample(jax.random.key(0), 50_000)
    np.testing.assert_allclose(np.cov(drawn.T), rho.covariance, atol=0.02)


def test_a_ring_of_gaussians():
    rho = ring(8, 4.0, 0.3)
    expected = np.mean([multivariate_normal(np.asarray(m), 0.3 * np.eye(2)).pdf(X + 3.0) for m in rho.means])
    assert float(jnp.exp(rho.log_prob(jnp.asarray(X + 3.0)))) == pytest.approx(expected, rel=1e-4)
    drawn = rho.sample(jax.random.key(0), 20_000)
    np.testing.assert_allclose(drawn.var(0), [8.3, 8.3], rtol=0.03)


def test_padding_leaves_the_other_dimensions_normal():
    drawn = ring(8, 4.0, 0.3, 5).sample(jax.random.key(0), 20_000)
    np.testing.assert_allclose(drawn[:, 2:].var(0), 0.3, rtol=0.05)


def test_a_kernel_density_resembles_what_it_was_drawn_from():
    true = Gaussian.isotropic(jnp.zeros(2), 1.0)
    found = kernel_density(true.sample(jax.random.key(0), 4000))
    at = jnp.array([0.5, 0.5])
    assert float(jnp.exp(found.log_prob(at))) == pytest.approx(float(jnp.exp(true.log_prob(at))), rel=0.15)
