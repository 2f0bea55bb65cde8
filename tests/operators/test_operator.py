"""The base class: its algebra, what lineax asks of it, and its errors."""

import equinox as eqx
import jax
import jax.numpy as jnp
import lineax as lx
import numpy as np
import pytest

from wellposed.operators import Mask, Matrix, Operator, Wrapped
from wellposed.operators.operator import Conjugated, Transposed


def matrix(rows=6, columns=4, dtype="float32", seed=0):
    return jax.random.normal(jax.random.key(seed), (rows, columns), dtype)


def on_pictures(M):
    return Matrix(M, (2, 2), (3, 2))


def identity(A):
    return lx.IdentityLinearOperator(A.in_structure())


class Sum(Operator):
    """What a user writes: the row sums of a picture."""

    shape: tuple[int, int]

    def in_structure(self):
        return jax.ShapeDtypeStruct(self.shape, jnp.float32)

    def out_structure(self):
        return jax.ShapeDtypeStruct(self.shape[:1], jnp.float32)

    def apply(self, x):
        return x.sum(1)


def test_three_methods_make_an_operator():
    A = Sum((3, 4))
    np.testing.assert_array_equal(A.as_matrix(), np.kron(np.eye(3), np.ones((1, 4))))
    solution = lx.linear_solve(A, jnp.array([4.0, 8.0, 0.0]), lx.LSMR(1e-6, 1e-6)).value
    np.testing.assert_allclose(solution, np.repeat([[1.0], [2.0], [0.0]], 4, axis=1), atol=1e-5)


def test_an_incomplete_operator_cannot_be_built():
    with pytest.raises(TypeError, match="apply"):
        type("Incomplete", (Operator,), {"in_structure": Sum.in_structure, "out_structure": Sum.out_structure})()


def test_algebra_is_that_of_matrices():
    M, N = matrix(), matrix(seed=1)
    A, B = on_pictures(M), on_pictures(N)
    for got, want in [
        (A + B, M + N),
        (A - B, M - N),
        (-A, -M),
        (2 * A, 2 * M),
        (A * 2, 2 * M),
        (A / 2, M / 2),
        (A.T @ B, M.T @ N),
        ((A @ B.T) @ A, M @ N.T @ M),
        ((2 * A + B).T, (2 * M + N).T),
    ]:
        assert isinstance(got, Operator)
        np.testing.assert_allclose(got.as_matrix(), want, rtol=1e-5, atol=1e-5)


def test_algebra_with_lineax_operators_keeps_the_shapes():
    A = on_pictures(matrix())
    B = A.T @ A + 0.1 * identity(A)
    assert B.in_shape == B.out_shape == (2, 2)
    np.testing.assert_allclose(B.as_matrix(), matrix().T @ matrix() + 0.1 * np.eye(4), rtol=1e-5)


def test_products_do_not_nest_wrappers():
    A = on_pictures(matrix())
    product = ((2 * A) @ A.T).T @ A
    assert repr(product).count("Wrapped(") == 1


def test_transpose_and_conjugate_are_involutions():
    A = on_pictures(matrix() + 1j * matrix(seed=1))
    assert isinstance(A.T, Transposed)
    assert A.T.T is A
    assert isinstance(A.H, Conjugated)
    assert A.H.H is A
    assert lx.conj(lx.conj(A)) is A


def test_the_adjoint_of_a_real_operator_is_its_transpose():
    A = on_pictures(matrix())
    assert eqx.tree_equal(A.H, A.T)


def test_the_adjoint_is_the_conjugate_transpose():
    M = matrix() + 1j * matrix(seed=1)
    np.testing.assert_allclose(on_pictures(M).H.as_matrix(), M.conj().T, rtol=1e-6)
    np.testing.assert_allclose((2j * on_pictures(M)).H.as_matrix(), (2j * M).conj().T, rtol=1e-6)


def test_materialise_diagonal_and_tridiagonal():
    M = matrix(4, 4)
    A = Matrix(M, (2, 2), (2, 2))
    np.testing.assert_array_equal(lx.materialise(A).as_matrix(), M)
    np.testing.assert_array_equal(lx.diagonal(A), np.diag(M))
    for got, offset in zip(lx.tridiagonal(A), (0, -1, 1), strict=True):
        np.testing.assert_array_equal(got, np.diag(M, offset))
    assert lx.linearise(A) is A


QUERIES = (
    lx.is_symmetric,
    lx.is_diagonal,
    lx.is_tridiagonal,
    lx.is_lower_triangular,
    lx.is_upper_triangular,
    lx.is_positive_semidefinite,
    lx.is_negative_semidefinite,
    lx.has_unit_diagonal,
)


@pytest.mark.parametrize("query", QUERIES)
def test_queries_answer_no_unless_somebody_knows(query):
    A = Matrix(matrix(4, 4))
    assert not query(A)
    assert not query(A.T)
    assert query(Wrapped(lx.IdentityLinearOperator(A.in_structure()))) is (query is not lx.is_negative_semidefinite)


def test_tags_survive_the_wrapper():
    A = Matrix(matrix(4, 4))
    assert lx.is_positive_semidefinite(Wrapped(lx.TaggedLinearOperator(A @ A.T, lx.positive_semidefinite_tag)))


def test_a_mask_is_symmetric_and_its_own_transpose():
    A = Mask(jnp.array([True, False]))
    assert lx.is_symmetric(A)
    assert A.T is A
    assert A.H is A


@pytest.mark.parametrize("solver", [lx.LSMR(1e-6, 1e-6), lx.QR(), lx.SVD()])
def test_lineax_solvers_take_pictures(solver):
    A = on_pictures(matrix())
    x = jnp.array([[1.0, 2.0], [3.0, 4.0]])
    np.testing.assert_allclose(lx.linear_solve(A, A.mv(x), solver).value, x, rtol=1e-4)


def test_a_solution_is_differentiable_in_the_operator():
    """d/dt of x = (t M)^{-1} y is -x / t."""
    M, y = matrix(4, 4), jnp.array([1.0, 2.0, 3.0, 4.0])

    def solve(t):
        A = Matrix(t * M)
        normal_map = lx.TaggedLinearOperator(A.T @ A, lx.positive_semidefinite_tag)
        return lx.linear_solve(normal_map, A.T.mv(y), lx.Cholesky()).value

    x, dx = jax.jvp(solve, (1.0,), (1.0,))
    np.testing.assert_allclose(dx, -x, rtol=1e-3)


def test_a_sample_of_another_dtype():
    A = on_pictures(matrix())
    np.testing.assert_array_equal(A.mv(jnp.ones((2, 2), int)), A.mv(jnp.ones((2, 2))))
    with pytest.raises(ValueError, match=r"^Matrix expects float32 numbers, got complex64: convert the sample"):
        A.mv(jnp.ones((2, 2), complex))


def test_the_sentence_names_the_transpose():
    A = on_pictures(matrix())
    with pytest.raises(ValueError, match=r"^Matrix.T expects an array of shape \(3, 2\), got \(3, 3\): pad or crop"):
        A.T.mv(jnp.ones((3, 3)))


def test_a_sample_of_another_structure():
    A = on_pictures(matrix())
    with pytest.raises(ValueError, match=r"^Matrix expects \(2, 2\), got \(\(2, 2\), \(2, 2\)\)"):
        A.mv((jnp.ones((2, 2)), jnp.ones((2, 2))))
