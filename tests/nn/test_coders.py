"""Linear encoders and decoders."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from wellposed.nn import LinearDecoder, LinearEncoder, Residual

KEY = jax.random.key(0)


def test_encoder_and_decoder_are_affine():
    centre = jax.random.normal(KEY, (2, 3))
    encoder, decoder = LinearEncoder.random(4, centre, KEY), LinearDecoder.random(4, centre, KEY)
    v, z = jax.random.normal(jax.random.key(1), (2, 3)), jnp.arange(4.0)
    np.testing.assert_allclose(encoder(v), encoder.weight @ np.ravel(v - centre), atol=1e-5)
    np.testing.assert_allclose(decoder(z), centre + np.reshape(decoder.weight @ z, (2, 3)), atol=1e-5)


def test_no_gradient_reaches_the_centre():
    coder = LinearEncoder.random(4, jnp.ones((2, 3)), KEY)
    gradient = jax.grad(lambda c: jnp.sum(c(jnp.zeros((2, 3))) ** 2))(coder)
    assert float(jnp.abs(gradient.centre).max()) == 0
    assert float(jnp.abs(gradient.weight).max()) > 0


def test_random_weights_keep_the_size_of_a_vector():
    encoder = LinearEncoder.random(300, jnp.zeros(400), KEY)
    v = jax.random.normal(jax.random.key(1), (400,))
    assert float(jnp.linalg.norm(encoder(v)) / jnp.linalg.norm(v)) == pytest.approx((300 / 400) ** 0.5, rel=0.1)


def test_wrong_shape():
    with pytest.raises(ValueError, match=r"LinearEncoder expects an array of shape \(2, 3\), got \(3, 2\)"):
        LinearEncoder.random(4, jnp.ones((2, 3)), KEY)(jnp.ones((3, 2)))


def test_residual_adds():
    np.testing.assert_allclose(Residual(jnp.sin)(jnp.ones(3)), 1 + np.sin(np.ones(3)), rtol=1e-6)
