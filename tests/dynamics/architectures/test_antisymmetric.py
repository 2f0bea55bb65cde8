"""The antisymmetric network by hand."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from wellposed.dynamics import AntisymmetricLayer, Euler, antisymmetric


def test_explicit_euler_with_damping_by_hand():
    with jax.enable_x64(True):
        flow, x = antisymmetric(3, 4, jax.random.key(0), 2.0, Euler(), damping=0.1), np.array([0.3, -0.2, 0.5])
        got = flow(jnp.asarray(x))
        field: Any = flow.field
    for M in np.asarray(field.layers.matrix):
        x = x + 0.5 * np.tanh(((M - M.T) / 2 - 0.1 * np.eye(3)) @ x)
    np.testing.assert_allclose(got, x, rtol=1e-12)


def test_a_negative_damping_is_refused():
    with pytest.raises(ValueError, match="a damping of at least 0, got -1"):
        AntisymmetricLayer(jnp.eye(2), jnp.zeros(2), -1.0)
