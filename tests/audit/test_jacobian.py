import jax
import jax.numpy as jnp
import numpy as np

from wellposed.audit import jacobian, leading_svd
from wellposed.audit.jacobian import as_real
from wellposed.operators import Matrix, adjoint_error, norm


def _curved(y):
    return jnp.sin(y[:2]) * y[1:] ** 2


def test_the_jacobian_is_that_of_jacfwd():
    y = jnp.array([0.3, -0.7, 1.1])
    J = jacobian(_curved, y)
    np.testing.assert_allclose(J.as_matrix(), jax.jacfwd(_curved)(y), rtol=1e-14)
    assert adjoint_error(J, jax.random.key(0)) < 1e-14


def test_leading_triples_are_those_of_lapack():
    M = np.random.default_rng(0).standard_normal((30, 20)) * 0.7 ** np.arange(20)
    found = leading_svd(Matrix(jnp.asarray(M)), 4, jax.random.key(0), powers=3)
    U, s, Vt = np.linalg.svd(M)
    np.testing.assert_allclose(found.s, s[:4], rtol=1e-6)
    np.testing.assert_allclose(np.abs(np.sum(np.asarray(found.left) * U[:, :4].T, axis=1)), 1, rtol=1e-5)
    np.testing.assert_allclose(np.abs(np.sum(np.asarray(found.right) * Vt[:4], axis=1)), 1, rtol=1e-5)


def test_the_error_of_a_triple_bounds_its_distance_to_a_singular_value():
    M = np.random.default_rng(1).standard_normal((60, 50))  # flat spectrum: far from converged
    found = leading_svd(Matrix(jnp.asarray(M)), 3, jax.random.key(0), powers=1)
    distance = np.min(np.abs(np.linalg.svd(M)[1][:, None] - np.asarray(found.s)), axis=0)
    assert np.all(distance <= np.asarray(found.error))
    assert np.all(np.asarray(found.error) > 1e-3)  # and it does not claim to have converged


def test_a_complex_map_has_the_norm_of_its_matrix():
    rng = np.random.default_rng(2)
    M = jnp.asarray(rng.standard_normal((4, 5)) + 1j * rng.standard_normal((4, 5)))
    g, real = as_real(lambda y: M @ y, jnp.zeros(5, M.dtype))
    found = norm(jacobian(g, real), jax.random.key(0), rtol=1e-8, max_steps=20)
    np.testing.assert_allclose(found.value, np.linalg.norm(M, 2), rtol=1e-8)
