"""Tikhonov regularisation against the dense normal equations, both ways of computing it."""

import equinox as eqx
import jax
import jax.numpy as jnp
import lineax as lx
import numpy as np
import pytest

from wellposed.inverse import RESULTS, MatrixFreeTikhonov, Tikhonov
from wellposed.operators import Fourier, Matrix, svd

ALPHA = 0.3
SOLVERS = {"CG": lx.CG(rtol=1e-12, atol=1e-12), "LSMR": lx.LSMR(rtol=1e-12, atol=1e-12)}


@pytest.fixture
def problem():
    with jax.enable_x64(True):
        M = jax.random.normal(jax.random.key(0), (9, 6))
        y = jax.random.normal(jax.random.key(1), (9,))
        yield Matrix(M, (2, 3)), y, np.linalg.solve(M.T @ M + ALPHA * np.eye(6), M.T @ y).reshape(2, 3)


def test_solves_the_normal_equations(problem):
    A, y, x = problem
    np.testing.assert_allclose(Tikhonov(svd(A), ALPHA)(y), x, rtol=1e-10)


@pytest.mark.parametrize("solver", SOLVERS.values(), ids=SOLVERS)
def test_matrix_free_solves_the_normal_equations(problem, solver):
    A, y, x = problem
    np.testing.assert_allclose(MatrixFreeTikhonov(A, ALPHA, solver)(y), x, rtol=1e-8)


def test_no_weight_is_the_pseudo_inverse_also_of_a_singular_matrix():
    f = Tikhonov(svd(Matrix(jnp.diag(jnp.array([2.0, 0.0])))), 0.0)
    np.testing.assert_allclose(f(jnp.array([4.0, 7.0])), [2.0, 0.0])
    assert jnp.isfinite(jax.jacobian(f)(jnp.array([4.0, 7.0]))).all()


def test_the_derivative_in_alpha(problem):
    A, y, _ = problem
    spectrum = svd(A)
    slope = jax.jacfwd(lambda alpha: Tikhonov(spectrum, alpha)(y))(ALPHA)
    free = jax.jacrev(lambda alpha: MatrixFreeTikhonov(A, alpha)(y))(ALPHA)
    difference = (Tikhonov(spectrum, ALPHA + 1e-5)(y) - Tikhonov(spectrum, ALPHA - 1e-5)(y)) / 2e-5
    np.testing.assert_allclose(slope, difference, rtol=1e-6)
    np.testing.assert_allclose(free, slope, rtol=1e-6)


@pytest.mark.parametrize("solver", SOLVERS.values(), ids=SOLVERS)
def test_a_complex_operator(solver):
    with jax.enable_x64(True):
        A = Fourier(jnp.array([[True, False], [True, True]]), jnp.complex128)
        real, imaginary = jax.random.normal(jax.random.key(0), (2, 2, 2))
        y = A.mv(real + 1j * imaginary)
        x = MatrixFreeTikhonov(A, 1.0, solver)(y)
        np.testing.assert_allclose(x, A.H.mv(y) / 2, atol=1e-10)  # A A^H is a projection, so that s = 1 or 0


@pytest.mark.parametrize("size", [1e-20, 1e12])
def test_the_tolerance_is_relative_to_the_data(size):
    f = MatrixFreeTikhonov(Matrix(jnp.diag(jnp.array([2.0, 1.0]))), 1.0)
    np.testing.assert_allclose(f(size * jnp.array([5.0, 2.0])) / size, [2.0, 1.0], rtol=1e-4)
    np.testing.assert_array_equal(f(jnp.zeros(2)), 0)


def test_failure_has_a_code_and_raises_when_asked():
    A = Matrix(jax.random.normal(jax.random.key(0), (20, 20)))
    f = MatrixFreeTikhonov(A, 1e-3, lx.CG(rtol=1e-6, atol=1e-6, max_steps=2))
    found = f.solve(jnp.ones(20), throw=False)
    assert found.result == RESULTS.max_steps_reached
    assert found.stats["steps"] == 2
    with pytest.raises(eqx.EquinoxRuntimeError, match="maximum number of solver steps"):
        f(jnp.ones(20))


def test_the_weight_is_checked():
    A = Matrix(jnp.eye(2))
    with pytest.raises(ValueError, match="Tikhonov expects an alpha that is not negative, got -1"):
        Tikhonov(svd(A), -1.0)
    with pytest.raises(ValueError, match=r"MatrixFreeTikhonov expects a positive alpha, got 0.0: use Tikhonov"):
        MatrixFreeTikhonov(A, 0.0)
