"""Finite differences: adjointness, their norm, and the total variation of pictures that one can count."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from wellposed.inverse import variation
from wellposed.inverse.differences import clipped, gradient, gradient_adjoint


@pytest.mark.parametrize("shape", [(7,), (1, 6), (4, 5), (3, 4, 2)])
def test_the_adjoint(shape):
    with jax.enable_x64(True):
        x = jax.random.normal(jax.random.key(0), shape)
        p = jax.random.normal(jax.random.key(1), (len(shape), *shape))
        np.testing.assert_allclose(jnp.vdot(gradient(x), p), jnp.vdot(x, gradient_adjoint(p)), rtol=1e-12)


@pytest.mark.parametrize("shape", [(30,), (12, 11)])
def test_the_norm_is_below_its_bound(shape):
    size = int(np.prod(shape))
    D = jax.vmap(lambda x: gradient(x.reshape(shape)).ravel())(jnp.eye(size))
    assert 0.95 * 2 * len(shape) ** 0.5 < np.linalg.norm(D, 2) < 2 * len(shape) ** 0.5


def test_the_variation_of_a_square_is_its_boundary_less_two_corners_cut():
    square = jnp.zeros((8, 8)).at[2:5, 3:6].set(2.0)
    np.testing.assert_allclose(variation(square), 2 * (12 - 2 + 2**0.5), rtol=1e-6)


def test_the_variation_has_a_finite_derivative_where_it_is_flat():
    assert jnp.isfinite(jax.grad(variation)(jnp.zeros((3, 3)))).all()


def test_clipping_keeps_the_direction_and_bounds_the_length():
    p = jnp.array([[3.0, 0.3], [4.0, 0.4]])
    np.testing.assert_allclose(clipped(p, jnp.float32(1.0)), [[0.6, 0.3], [0.8, 0.4]], rtol=1e-6)
