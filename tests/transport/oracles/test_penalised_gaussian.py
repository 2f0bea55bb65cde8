"""The closed form beside known translations, and beside a search over all normal densities."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from wellposed.transport import Gaussian, bures_wasserstein, penalised_gaussian


def two(d, key=0):
    keys = jax.random.split(jax.random.key(key), 4)
    make = lambda k, l: Gaussian(
        jax.random.normal(k, (d,)), jnp.tril(jax.random.normal(l, (d, d)) / d**0.5 + jnp.eye(d)) + jnp.eye(d)
    )
    return make(*keys[:2]), make(*keys[2:])


@pytest.mark.parametrize("d", [2, 10, 50])
def test_a_translation_stops_short(d):
    """At r / (alpha + r) of its way, r = weight / variance."""
    with jax.enable_x64(True):
        a, b = (Gaussian.isotropic(jnp.full(d, x), 0.3) for x in (0.0, 1.0))
        found = penalised_gaussian(a, b, 5.0, alpha=2.0)
        part = (5 / 0.3) / (2 + 5 / 0.3)
        np.testing.assert_allclose(found.end.mean, part, rtol=1e-12)
        np.testing.assert_allclose(found.end.covariance, 0.3 * jnp.eye(d), atol=1e-12)
        assert float(found.transport_cost) == pytest.approx(d * part**2, rel=1e-10)
        assert float(found.divergence) == pytest.approx(d * (1 - part) ** 2 / 0.6, rel=1e-10)


def test_no_normal_density_costs_less():
    """The objective is flat at the end, and higher around it."""
    with jax.enable_x64(True):
        a, b = two(3)
        found = penalised_gaussian(a, b, 1.5, alpha=0.7)

        def divergence(p):
            white = jnp.linalg.solve(b.covariance, p.covariance)
            left = p.mean - b.mean
            shift = left @ jnp.linalg.solve(b.covariance, left)
            return (jnp.trace(white) - 3 + shift - jnp.linalg.slogdet(white)[1]) / 2

        def objective(mean, factor):
            p = Gaussian(mean, factor)
            return 0.7 * bures_wasserstein(a, p) / 2 + 1.5 * divergence(p)

        point = (found.end.mean, found.end.factor)
        assert float(objective(*point)) == pytest.approx(float(found.objective), rel=1e-10)
        slopes = jax.grad(objective, (0, 1))(*point)
        np.testing.assert_allclose(slopes[0], 0, atol=1e-9)
        np.testing.assert_allclose(jnp.tril(slopes[1]), 0, atol=1e-9)
        assert float(objective(point[0], point[1] * 1.01)) > float(found.objective)


def test_continuation_in_the_weight_reaches_the_target():
    with jax.enable_x64(True):
        a, b = two(4)
        found = penalised_gaussian(a, b, 1e7)
        assert float(found.transport_cost) == pytest.approx(float(bures_wasserstein(a, b)), rel=1e-5)
        assert float(found.divergence) < 1e-6


def test_bad_input_is_a_sentence():
    a, b = (Gaussian.isotropic(jnp.zeros(d), 1.0) for d in (2, 3))
    with pytest.raises(ValueError, match="positive weights, got weight=0"):
        penalised_gaussian(a, a, 0.0)
    with pytest.raises(ValueError, match="one dimension, found 2 and 3"):
        penalised_gaussian(a, b, 1.0)
