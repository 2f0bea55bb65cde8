"""Fourier against numpy.fft."""

import jax
import jax.numpy as jnp
import numpy as np

from wellposed.operators import Fourier

RNG = np.random.default_rng(0)
SEEN = RNG.random((6, 5)) > 0.4
PICTURE = RNG.standard_normal((6, 5)) + 1j * RNG.standard_normal((6, 5))


def test_it_is_the_masked_unitary_transform():
    with jax.enable_x64(True):
        A = Fourier(jnp.asarray(SEEN), "complex128")
        np.testing.assert_allclose(A.mv(PICTURE), SEEN * np.fft.fft2(PICTURE, norm="ortho"), atol=1e-14)


def test_the_adjoint_is_the_zero_filled_inverse():
    with jax.enable_x64(True):
        A = Fourier(jnp.asarray(SEEN), "complex128")
        want = np.fft.ifft2(SEEN * PICTURE, norm="ortho")
        np.testing.assert_allclose(A.H.mv(PICTURE), want, atol=1e-14)
        real = Fourier(jnp.asarray(SEEN), "float64")
        np.testing.assert_allclose(real.H.mv(PICTURE), want.real, atol=1e-14)


def test_the_full_mask_is_unitary():
    with jax.enable_x64(True):
        A = Fourier(jnp.ones((6, 5), bool), "complex128")
        np.testing.assert_allclose(A.H.mv(A.mv(PICTURE)), PICTURE, atol=1e-14)


def test_a_real_picture_has_complex_data():
    assert Fourier(jnp.asarray(SEEN), "float32").out_structure().dtype == jnp.complex64
    np.testing.assert_allclose(
        Fourier(jnp.asarray(SEEN), "float32").mv(PICTURE.real),
        Fourier(jnp.asarray(SEEN)).mv(PICTURE.real),
        atol=1e-6,
    )
