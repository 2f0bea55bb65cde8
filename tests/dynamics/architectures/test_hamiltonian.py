"""The Hamiltonian-inspired network by hand."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from wellposed.dynamics import hamiltonian


def test_kicks_and_drifts_by_hand():
    with jax.enable_x64(True):
        flow, x = hamiltonian(4, 3, jax.random.key(0), 1.5), np.array([0.3, -0.2, 0.5, 0.1])
        got = flow(jnp.asarray(x))
        field: Any = flow.field
    (y, z), h = np.split(x, 2), 0.5
    for K in np.asarray(field.layers.weight):
        z = z - h / 2 * np.tanh(K.T @ y)
        y = y + h * np.tanh(K @ z)
        z = z - h / 2 * np.tanh(K.T @ y)
    np.testing.assert_allclose(got, np.concatenate([y, z]), rtol=1e-12)
