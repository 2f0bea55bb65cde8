import jax
import jax.numpy as jnp
import numpy as np
import pytest

from wellposed.nn import Perceptron

KEY = jax.random.key(0)


def test_layers_are_applied_one_after_the_other():
    net, v = Perceptron((3, 4, 2), jnp.tanh, key=KEY), jnp.array([1.0, -2.0, 0.5])
    (W, b), (V, c) = ((np.asarray(layer.weight), np.asarray(layer.bias)) for layer in net.layers)
    np.testing.assert_allclose(net(v), V @ np.tanh(W @ v + b) + c, rtol=1e-5)


def test_a_small_gain_begins_as_a_small_correction():
    full, small = (Perceptron((3, 4, 2), jnp.tanh, key=KEY, gain=gain)(jnp.ones(3)) for gain in (1.0, 0.01))
    np.testing.assert_allclose(small, 0.01 * full, rtol=1e-5)


def test_a_width_is_needed_at_each_end():
    with pytest.raises(ValueError, match="two positive widths"):
        Perceptron((3,), jnp.tanh, key=KEY)
