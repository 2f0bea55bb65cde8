"""Convolutional networks."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.signal

from wellposed.nn import Convolution3, ConvolutionalNetwork, from_channels, to_channels

KEY = jax.random.key(0)


def test_convolution_matches_scipy():
    layer = Convolution3(2, 3, KEY)
    v = np.asarray(jax.random.normal(jax.random.key(1), (6, 7, 2)))
    want = np.stack(
        [
            sum(scipy.signal.correlate2d(v[..., i], layer.weight[:, :, i, o], mode="same") for i in range(2))
            for o in range(3)
        ],
        axis=-1,
    )
    np.testing.assert_allclose(layer(jnp.asarray(v)), want, atol=1e-5)


@pytest.mark.parametrize("shape", [(8, 8), (7, 10), (24, 95)])
@pytest.mark.parametrize("block", [1, 2, 4])
def test_channels_and_back(shape, block):
    v = jax.random.normal(KEY, shape)
    back = from_channels(to_channels(v, block), block)
    np.testing.assert_array_equal(back[: shape[0], : shape[1]], v)


def test_the_network_starts_at_zero_and_depends_on_its_input_after_training():
    g = ConvolutionalNetwork(4, 2, 2, KEY)
    v = jax.random.normal(KEY, (9, 6))
    assert float(jnp.abs(g(v)).max()) == 0
    moved = eqx.tree_at(lambda g: g.layers[-1].weight, g, replace_fn=jnp.ones_like)
    assert moved(v).shape == v.shape
    assert float(jnp.abs(moved(v) - moved(2 * v)).max()) > 0
