"""The network of a field."""

import jax
import jax.numpy as jnp
import numpy as np

from wellposed.dynamics import FieldNetwork

U = FieldNetwork(5, 2, (0.0, 2.0), (-1.0, 1.0), jax.random.key(0))


def test_it_is_the_network_of_the_docstring():
    h = np.array([2 * 0.5 / 2 - 1, 0.3])
    for W, b in zip(U.weights[:-1], U.biases[:-1], strict=True):
        h = np.tanh(np.asarray(W) @ h + np.asarray(b))
    want = (np.asarray(U.weights[-1]) @ h + np.asarray(U.biases[-1]))[0]
    np.testing.assert_allclose(U(jnp.array(0.5), jnp.array(0.3)), want, rtol=1e-5)
