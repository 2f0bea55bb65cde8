"""The spectral norm against LAPACK, and its report."""

import jax
import jax.numpy as jnp
import lineax as lx
import numpy as np
import pytest

from wellposed.operators import BlockDiagonal, Fourier, Matrix, norm


def matrix(shape, dtype="float64"):
    return jax.random.normal(jax.random.key(0), shape, dtype)


@pytest.mark.parametrize(("shape", "dtype"), [((40, 15), "float32"), ((15, 40), "float64"), ((15, 40), "complex128")])
def test_it_is_the_largest_singular_value(shape, dtype):
    with jax.enable_x64(True):
        M = matrix(shape, dtype)
        found = norm(Matrix(M), jax.random.key(1))
        largest = np.linalg.norm(M, 2)
        np.testing.assert_allclose(found.value, largest, rtol=1e-5)
        assert abs(found.value - largest) <= found.error + 1e-6 * largest
        assert found.result == lx.RESULTS.successful
        assert found.steps <= 30


def test_the_residual_keeps_its_tolerance():
    with jax.enable_x64(True):
        M = matrix((40, 30))
        errors = [norm(Matrix(M), jax.random.key(1), rtol=rtol).error / np.linalg.norm(M, 2) for rtol in (1e-1, 1e-6)]
        assert errors[0] <= 1e-1
        assert errors[1] <= 1e-6


def test_tuples_and_real_pictures_with_complex_data():
    key = jax.random.key(1)
    two = BlockDiagonal(Matrix(jnp.diag(jnp.array([1.0, 7.0]))), Matrix(jnp.eye(3)))
    np.testing.assert_allclose(norm(two, key).value, 7.0, rtol=1e-5)
    np.testing.assert_allclose(norm(Fourier(jnp.ones((4, 4), bool), "float32"), key).value, 1.0, rtol=1e-5)


def test_the_zero_operator_has_norm_zero():
    found = norm(Matrix(jnp.zeros((3, 2))), jax.random.key(1))
    assert found.value == 0
    assert found.result == lx.RESULTS.successful


def test_no_convergence_is_reported_or_raised():
    A = Matrix(matrix((40, 30), "float32"))
    found = norm(A, jax.random.key(1), rtol=1e-6, max_steps=2, throw=False)
    assert found.result == lx.RESULTS.max_steps_reached
    assert found.value < np.linalg.norm(A.matrix, 2)
    with pytest.raises(RuntimeError, match="maximum number of solver steps"):
        norm(A, jax.random.key(1), rtol=1e-6, max_steps=2)


def test_nan_is_reported():
    found = norm(Matrix(jnp.full((3, 3), jnp.nan)), jax.random.key(1), throw=False)
    assert found.result == lx.RESULTS.nonfinite_input
