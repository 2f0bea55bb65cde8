"""The plain network by hand."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from wellposed.dynamics import net


def test_it_is_the_plain_network():
    with jax.enable_x64(True):
        flow, x = net(3, 5, jax.random.key(0)), np.array([0.1, 0.5, -0.4])
        got = flow(jnp.asarray(x))
        field: Any = flow.field
        for K in np.asarray(field.layers.weight):
            x = np.tanh(K @ x)
    np.testing.assert_allclose(got, x, rtol=1e-11)
