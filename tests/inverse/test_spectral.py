"""Spectral maps against the dense pseudo-inverse, and their errors."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from wellposed.inverse import SpectralMap
from wellposed.operators import Fourier, Matrix, svd


@pytest.fixture
def x64():
    with jax.enable_x64(True):
        yield


def test_reciprocal_gains_are_the_pseudo_inverse(x64):
    M = jax.random.normal(jax.random.key(0), (6, 8))
    spectrum = svd(Matrix(M, (2, 4), (3, 2)))
    y = jax.random.normal(jax.random.key(1), (3, 2))
    x = SpectralMap(spectrum, 1 / spectrum.s)(y)
    assert x.shape == (2, 4)
    np.testing.assert_allclose(x.ravel(), np.linalg.pinv(M) @ y.ravel(), rtol=1e-10)


def test_a_complex_operator_has_the_conjugate_transpose(x64):
    A = Fourier(jnp.array([[True, True, False], [True, False, True]]), jnp.complex128)
    spectrum = svd(A)
    real, imaginary = jax.random.normal(jax.random.key(0), (2, 2, 3))
    y = A.mv(real + 1j * imaginary)
    x = SpectralMap(spectrum, jnp.where(spectrum.s > 0.5, 1.0, 0.0))(y)
    np.testing.assert_allclose(x, A.H.mv(y), atol=1e-12)  # a masked unitary map: the adjoint is the pseudo-inverse


def test_filters_are_gains_times_singular_values():
    spectrum = svd(Matrix(jnp.diag(jnp.array([4.0, 2.0]))))
    np.testing.assert_allclose(SpectralMap(spectrum, jnp.array([0.25, 0.1])).filters, [1.0, 0.2])


def test_the_number_of_gains_is_checked():
    with pytest.raises(ValueError, match="expects 2 gains, got 3: give one for each singular value"):
        SpectralMap(svd(Matrix(jnp.eye(2))), jnp.ones(3))


def test_a_batch_is_told_to_vmap():
    f = SpectralMap(svd(Matrix(jnp.eye(2))), jnp.ones(2))
    with pytest.raises(ValueError, match=r"expects data of shape \(2,\), got \(5, 2\): .*jax.vmap"):
        f(jnp.ones((5, 2)))


def test_data_of_a_wider_type_are_refused():
    f = SpectralMap(svd(Matrix(jnp.eye(2))), jnp.ones(2))
    with pytest.raises(ValueError, match=r"expects float32 data, got complex64: convert them by y.astype"):
        f(jnp.ones(2, jnp.complex64))
