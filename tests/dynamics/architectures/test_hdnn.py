"""H-DNN by hand, and its energy."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from wellposed.dynamics import HDNNLayer, hdnn, interconnection


@pytest.mark.parametrize("structure", ["J1", "J2"])
def test_explicit_euler_by_hand(structure):
    J = {"J1": np.array([[0, 1], [-1, 0]]), "J2": np.array([[0, 1], [-1, 0]])}[structure]  # one in two dimensions
    with jax.enable_x64(True):
        flow, x = hdnn(2, 4, jax.random.key(0), 2.0, structure), np.array([0.3, -0.2])
        got = flow(jnp.asarray(x))
        field: Any = flow.field
    for K in np.asarray(field.layers.weight):
        x = x + 0.5 * J @ K.T @ np.tanh(K @ x)
    np.testing.assert_allclose(got, x, rtol=1e-12)


def test_the_field_is_J_times_the_gradient_of_the_energy():
    with jax.enable_x64(True):
        layer = HDNNLayer(jax.random.normal(jax.random.key(0), (4, 4)), jnp.arange(4.0) / 4, "J2")
        x = jax.random.normal(jax.random.key(1), (4,))
        np.testing.assert_allclose(layer(0.0, x, None), layer.J @ jax.grad(layer.energy)(x), rtol=1e-11)


def test_the_interconnections_of_the_paper():
    np.testing.assert_array_equal(interconnection("J1", 4), [[0, 0, 1, 0], [0, 0, 0, 1], [-1, 0, 0, 0], [0, -1, 0, 0]])
    np.testing.assert_array_equal(
        interconnection("J2", 4), [[0, 1, 1, 1], [-1, 0, 1, 1], [-1, -1, 0, 1], [-1, -1, -1, 0]]
    )


def test_J2_is_not_separable():
    with pytest.raises(ValueError, match="the structure J1 where it is separable, got J2"):
        hdnn(4, 3, jax.random.key(0), structure="J2", separable=True)
