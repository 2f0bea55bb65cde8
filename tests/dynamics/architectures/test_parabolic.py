"""The parabolic network by hand."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from wellposed.dynamics import parabolic


def test_explicit_euler_by_hand():
    with jax.enable_x64(True):
        flow, x = parabolic(3, 4, jax.random.key(0), 2.0, activation="relu"), np.array([0.3, -0.2, 0.5])
        got = flow(jnp.asarray(x))
        field: Any = flow.field
    for K in np.asarray(field.layers.weight):
        x = x - 0.5 * K.T @ np.maximum(K @ x, 0)
    np.testing.assert_allclose(got, x, rtol=1e-12)
