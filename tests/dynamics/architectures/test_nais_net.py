"""NAIS-Net by hand, and what it refuses."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from wellposed.dynamics import NAISNetField, nais_net


def test_layers_by_hand():
    with jax.enable_x64(True):
        flow = nais_net(3, 4, jax.random.key(0), step=0.5, inputs=2, margin=0.1)
        x, u = np.array([0.3, -0.2, 0.5]), np.array([1.0, -1.0])
        field: Any = flow.field
        got = flow(jnp.asarray(x), jnp.asarray(u))
    gram = np.asarray(field.R).T @ np.asarray(field.R)
    A = -gram * min(1, 0.8 / np.linalg.norm(gram)) - 0.1 * np.eye(3)
    for _ in range(4):
        x = x + 0.5 * np.tanh(A @ x + np.asarray(field.B) @ u)
    np.testing.assert_allclose(got, x, rtol=1e-12)


def test_the_eigenvalues_stay_in_their_interval():
    for scale in (0.01, 1.0, 100.0):
        field = NAISNetField(scale * jax.random.normal(jax.random.key(0), (3, 3)), jnp.eye(3), jnp.zeros(3), 0.1)
        values = np.linalg.eigvalsh(field.A)
        assert -0.9 - 1e-5 <= values.min() <= values.max() <= -0.1 + 1e-5


def test_a_long_step_and_a_wide_margin_are_refused():
    with pytest.raises(ValueError, match=r"a step in \(0, 1\], got 1.5"):
        nais_net(3, 4, jax.random.key(0), step=1.5)
    with pytest.raises(ValueError, match=r"a margin in \(0, 1/2\), got 0.5"):
        nais_net(3, 4, jax.random.key(0), margin=0.5)
