"""The hyperbolic network by its recurrence."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from wellposed.dynamics import leapfrog


def test_the_recurrence_of_layers_that_are_alike():
    """y_{k+1} = 2 y_k - y_{k-1} - h^2 K' tanh(K y_k + b)."""
    with jax.enable_x64(True):
        flow = leapfrog(4, 5, jax.random.key(0), 2.5)
        field: Any = flow.field
        K = np.asarray(field.layers.weight[0])
        alike = jax.tree.map(lambda leaf: jnp.stack([leaf[0]] * 5) if isinstance(leaf, jax.Array) else leaf, flow)
        y = np.asarray(alike.trajectory(jnp.array([0.3, -0.2, 0.5, 0.1])))[:, :2]
    force = -np.tanh(y[1:-1] @ K.T) @ K
    np.testing.assert_allclose(y[2:], 2 * y[1:-1] - y[:-2] + 0.25 * force, rtol=1e-11)
