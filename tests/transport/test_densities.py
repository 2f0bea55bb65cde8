"""Known densities against SciPy, and their samples."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.stats import gaussian_kde, multivariate_normal

from wellposed.transport import Gaussian, kernel_density, ring

X = np.array([0.3, -1.2])


def test_a_gaussian():
    factor = jnp.array([[1.0, 0.0], [0.5, 0.7]])
    rho = Gaussian(jnp.array([0.1, 0.2]), factor)
    covariance: Any = np.asarray(factor @ factor.T)
    expected = multivariate_normal.logpdf(X, np.array([0.1, 0.2]), covariance)
    assert float(rho.log_prob(jnp.asarray(X))) == pytest.approx(expected, rel=1e-5)
    drawn = rho.sample(jax.random.key(0), 50_000)
    np.testing.assert_allclose(np.cov(drawn.T), rho.covariance, atol=0.02)


def test_a_ring_of_gaussians():
    rho = ring(8, 4.0, 0.3)
    covariance: Any = 0.3 * np.eye(2)
    expected = np.mean([multivariate_normal.pdf(X + 3.0, np.asarray(m), covariance) for m in rho.means])
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


def test_a_kernel_density_follows_columns_of_different_scales():
    """SciPy's kernels have the covariance of all samples; for columns that do not depend on each other ours too."""
    points = jax.random.normal(jax.random.key(0), (3000, 2)) * jnp.array([[1.0, 200.0]])
    theirs = gaussian_kde(np.asarray(points, float).T)
    at = np.array([0.5, -80.0])
    ours = float(kernel_density(points).log_prob(jnp.asarray(at, jnp.float32)))
    assert ours == pytest.approx(float(theirs.logpdf(at)[0]), abs=0.05)
    drawn = kernel_density(points).sample(jax.random.key(1), 20_000)
    np.testing.assert_allclose(drawn.std(0) / points.std(0), 1.0, rtol=0.06)


def test_matched_samples_have_the_moments_of_their_density():
    with jax.enable_x64(True):
        factor = jnp.array([[1.5, 0.0, 0.0], [0.4, 0.7, 0.0], [-0.3, 0.2, 2.0]])
        density = Gaussian(jnp.array([1.0, -2.0, 0.5]), factor)
        points = np.asarray(density.matched_sample(jax.random.key(0), 5))
        assert np.allclose(points.mean(0), density.mean, atol=1e-12)
        assert np.allclose(np.cov(points.T, bias=True), factor @ factor.T, atol=1e-12)
        other = density.matched_sample(jax.random.key(1), 5)
        assert not np.allclose(points, other)


def test_as_many_points_as_dimensions_cannot_match():
    with pytest.raises(ValueError, match="more points than the 3 dimensions, got 3"):
        Gaussian.isotropic(jnp.zeros(3), 1.0).matched_sample(jax.random.key(0), 3)
