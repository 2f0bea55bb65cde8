"""Stack and BlockDiagonal against numpy's block matrices."""

import jax
import jax.numpy as jnp
import lineax as lx
import numpy as np
import pytest
from scipy.linalg import block_diag

from wellposed.operators import BlockDiagonal, Matrix, Stack


def pair(columns=(4, 4)):
    keys = jax.random.split(jax.random.key(0), 2)
    return [jax.random.normal(key, (rows, n)) for key, rows, n in zip(keys, (3, 5), columns, strict=True)]


def test_a_stack_is_the_vertical_block_matrix():
    M, N = pair()
    A = Stack(Matrix(M, (2, 2)), Matrix(N, (2, 2)))
    np.testing.assert_allclose(A.as_matrix(), np.vstack([M, N]), rtol=1e-6)
    np.testing.assert_allclose(A.T.as_matrix(), np.vstack([M, N]).T, rtol=1e-6)
    assert A.out_shape == ((3,), (5,))


def test_block_diagonal():
    M, N = pair((4, 2))
    A = BlockDiagonal(Matrix(M, (2, 2)), Matrix(N))
    np.testing.assert_allclose(A.as_matrix(), np.asarray(block_diag(M, N)), rtol=1e-6)
    assert A.in_shape == ((2, 2), (2,))


def test_damped_least_squares_by_stacking():
    M, _ = pair()
    A, alpha, y = Matrix(M, (2, 2)), 0.3, jnp.arange(3.0)
    damped = Stack(A, np.sqrt(alpha).item() * lx.IdentityLinearOperator(A.in_structure()))
    got = lx.linear_solve(damped, (y, jnp.zeros((2, 2))), lx.LSMR(1e-6, 1e-6)).value
    want = np.linalg.solve(M.T @ M + alpha * np.eye(4), M.T @ y)
    np.testing.assert_allclose(got.ravel(), want, rtol=1e-4)


def test_different_inputs_are_refused():
    M, N = pair((4, 2))
    with pytest.raises(ValueError, match=r"^Stack expects operators with one and the same input.*BlockDiagonal"):
        Stack(Matrix(M), Matrix(N))
    with pytest.raises(ValueError, match=r"^Stack expects operators"):
        Stack()
