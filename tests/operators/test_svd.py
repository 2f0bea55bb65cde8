"""Both decompositions against LAPACK, and the error that they report against the truth."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from wellposed.operators import Fourier, Matrix, Stack, svd


def decaying(rows, columns, dtype="float64", rate=0.7):
    """A random matrix with singular values rate^j."""
    left, right = (jnp.linalg.qr(draw(seed, n, dtype))[0] for seed, n in enumerate((rows, columns)))
    small = min(rows, columns)
    return left[:, :small] * rate ** jnp.arange(small)[None] @ right[:, :small].conj().T


def draw(seed, n, dtype):
    return jax.random.normal(jax.random.key(seed), (n, n), dtype)


def rebuilt(found):
    return found.U * found.s[None] @ found.Vt


@pytest.mark.parametrize(("key", "dtype"), [(None, "complex128"), (0, "float64"), (0, "complex128")])
def test_factors_are_those_of_the_matrix(key, dtype):
    with jax.enable_x64(True):
        M = decaying(12, 20, dtype)
        found = svd(Matrix(M, (4, 5), (3, 4)), 6, key=None if key is None else jax.random.key(key))
        np.testing.assert_allclose(found.s, 0.7 ** np.arange(6), rtol=1e-4)
        for factor in (found.U.conj().T, found.Vt):
            np.testing.assert_allclose(factor @ factor.conj().T, np.eye(6), atol=1e-12)
        np.testing.assert_allclose(rebuilt(found), rebuilt(svd(Matrix(M)).truncate(6)), atol=1e-2)
        assert (found.in_shape, found.out_shape, found.rank) == ((4, 5), (3, 4), 6)


@pytest.mark.parametrize("oversampling", [0, 10])
def test_the_measured_error_is_the_true_one(oversampling):
    with jax.enable_x64(True):
        M = decaying(60, 40, rate=0.95)
        found = svd(Matrix(M), 10, key=jax.random.key(0), oversampling=oversampling, power_iterations=0)
        truth = np.linalg.norm(M - rebuilt(found), 2)
        np.testing.assert_allclose(found.error, truth, rtol=0.02)
        assert truth >= 0.95**10


def test_power_iterations_help():
    with jax.enable_x64(True):
        A = Matrix(decaying(60, 40, rate=0.95))
        errors = [svd(A, 10, key=jax.random.key(0), power_iterations=n).error for n in (0, 4)]
        assert errors[1] < errors[0]
        np.testing.assert_allclose(errors[1], 0.95**10, rtol=0.02)


def test_the_dense_error_is_the_first_value_left_out():
    with jax.enable_x64(True):
        M = decaying(12, 8)
        assert svd(Matrix(M)).error == 0
        found = svd(Matrix(M), 3)
        np.testing.assert_allclose(found.error, np.linalg.norm(M - rebuilt(found), 2), rtol=1e-10)
        np.testing.assert_allclose(found.truncate(2).error, np.linalg.norm(M - rebuilt(found.truncate(2)), 2), rtol=0.3)


def test_truncation_bounds_the_error():
    with jax.enable_x64(True):
        M = decaying(60, 40, rate=0.95)
        found = svd(Matrix(M), 10, key=jax.random.key(0), power_iterations=0)
        two = found.truncate(2)
        truth = np.linalg.norm(M - rebuilt(two), 2)
        assert truth <= two.error * 1.02
        assert two.error <= 1.5 * truth


def test_the_rank_may_be_full():
    found = svd(Matrix(decaying(6, 4, "float32")), 4, key=jax.random.key(0))
    assert found.rank == 4
    assert found.error < 1e-5


def test_data_of_several_kinds():
    M = decaying(6, 4, "float32")
    found = svd(Stack(Matrix(M[:2], (2, 2)), Matrix(M[2:], (2, 2))))
    np.testing.assert_allclose(found.s, np.linalg.svd(M, compute_uv=False), rtol=1e-5)
    assert found.out_shape == ((2,), (4,))


def test_errors():
    A = Matrix(jnp.eye(4))
    with pytest.raises(ValueError, match=r"^svd expects a rank from 1 to 4, got 5"):
        svd(A, 5)
    with pytest.raises(ValueError, match=r"^svd expects a rank from 1 to 4, got 0"):
        svd(A, 0, key=jax.random.key(0))
    with pytest.raises(ValueError, match=r"^svd expects a rank with a key"):
        svd(A, key=jax.random.key(0))
    with pytest.raises(ValueError, match=r"^svd expects one dtype.*'complex64', 'float32'.*complex input"):
        svd(Fourier(jnp.ones((2, 2), bool), "float32"))
