"""The closed form beside exact answers, and beside an assignment of samples."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from wellposed.transport import Gaussian, bures_wasserstein


def test_covariances_that_commute():
    """The roots of the covariances differ by a matrix whose square's trace it is."""
    with jax.enable_x64(True):
        turn = jnp.linalg.qr(jax.random.normal(jax.random.key(0), (3, 3)))[0]
        stretched = lambda scales: jnp.linalg.cholesky((turn * jnp.asarray(scales)[None] ** 2) @ turn.T)
        a = Gaussian(jnp.zeros(3), stretched([1.0, 2.0, 0.5]))
        b = Gaussian(jnp.array([1.0, 0.0, -2.0]), stretched([1.5, 1.0, 0.1]))
        assert float(bures_wasserstein(a, b)) == pytest.approx(5 + 0.25 + 1 + 0.16, rel=1e-12)
        assert float(bures_wasserstein(b, a)) == pytest.approx(5 + 0.25 + 1 + 0.16, rel=1e-12)


def test_any_covariances_beside_the_matrix_root():
    scipy = pytest.importorskip("scipy.linalg")
    with jax.enable_x64(True):
        keys = jax.random.split(jax.random.key(1), 2)
        factors = [jnp.tril(jax.random.normal(k, (4, 4))) + 2 * jnp.eye(4) for k in keys]
        found = bures_wasserstein(*(Gaussian(jnp.zeros(4), f) for f in factors))
        a, b = (np.asarray(f @ f.T) for f in factors)
        root = scipy.sqrtm(a)
        assert float(found) == pytest.approx(np.trace(a + b - 2 * scipy.sqrtm(root @ b @ root)).real, rel=1e-10)


def test_bad_input_is_a_sentence():
    with pytest.raises(ValueError, match="two densities of one dimension, found 2 and 3"):
        bures_wasserstein(*(Gaussian.isotropic(jnp.zeros(d), 1.0) for d in (2, 3)))
