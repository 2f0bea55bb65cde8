"""The residual network by hand."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from wellposed.dynamics import resnet


def test_it_is_the_residual_network():
    with jax.enable_x64(True):
        flow, x = resnet(3, 4, jax.random.key(0), 2.0), np.array([0.3, -0.2, 0.5])
        got = flow(jnp.asarray(x))
        field: Any = flow.field
    for K, b in zip(np.asarray(field.layers.weight), np.asarray(field.layers.bias), strict=True):
        x = x + 0.5 * np.tanh(K @ x + b)
    np.testing.assert_allclose(got, x, rtol=1e-12)
