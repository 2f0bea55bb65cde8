"""Matrix: reshaping, and what it refuses."""

import jax.numpy as jnp
import numpy as np
import pytest

from wellposed.operators import Matrix


def test_rows_and_columns_follow_c_order():
    M = jnp.arange(24.0).reshape(4, 6)
    x = jnp.arange(6.0).reshape(2, 3)
    np.testing.assert_array_equal(Matrix(M, (2, 3), (2, 2)).mv(x), np.reshape(M @ np.ravel(x), (2, 2)))


def test_as_matrix_is_the_matrix_itself():
    M = jnp.ones((2, 3))
    assert Matrix(M).as_matrix() is M


def test_a_shape_of_another_size():
    with pytest.raises(ValueError, match=r"^Matrix expects in_shape of size 6, got \(2, 2\), which has 4"):
        Matrix(jnp.ones((4, 6)), in_shape=(2, 2))
    with pytest.raises(ValueError, match=r"^Matrix expects out_shape of size 4"):
        Matrix(jnp.ones((4, 6)), out_shape=(5,))
