"""Landweber's iteration against its spectral filter, the pseudo-inverse and the discrepancy principle."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from wellposed.inverse import RESULTS, Landweber, SpectralMap
from wellposed.operators import Fourier, Matrix, svd


@pytest.fixture
def A():
    with jax.enable_x64(True):
        yield Matrix(jax.random.normal(jax.random.key(0), (6, 8)), (2, 4))


def data():
    return jax.random.normal(jax.random.key(1), (6,))


@pytest.mark.parametrize("steps", [0, 1, 9])
def test_is_a_spectral_map(A, steps):
    f, spectrum = Landweber(A, steps, relaxation=0.02), svd(A)
    gains = (1 - (1 - 0.02 * spectrum.s**2) ** steps) / spectrum.s
    np.testing.assert_allclose(f(data()), SpectralMap(spectrum, gains)(data()), atol=1e-13)


def test_converges_to_the_pseudo_inverse(A):
    x = Landweber(A, 10_000)(data())
    np.testing.assert_allclose(x.ravel(), np.linalg.pinv(A.as_matrix()) @ data(), rtol=1e-8)


def test_the_steps_can_be_traced(A):
    batch = jax.jit(jax.vmap(lambda steps: Landweber(A, steps)(data())))(jnp.array([1, 5]))
    np.testing.assert_allclose(batch[1], Landweber(A, 5)(data()), rtol=1e-10)


def test_a_complex_operator():
    mask = jnp.array([[True, False], [True, True]])
    A = Fourier(mask)
    y = A.mv(jnp.array([[1.0, 2j], [3.0, 4.0]]))
    np.testing.assert_allclose(Landweber(A, 1, relaxation=0.5)(y), A.H.mv(y) / 2, atol=1e-6)


def test_stops_at_the_discrepancy(A):
    f, target = Landweber(A, 1000), 0.5
    found = f.solve(data(), target / 1.25, tau=1.25)
    assert found.result == RESULTS.successful
    steps = int(found.stats["steps"])
    np.testing.assert_allclose(found.value, Landweber(A, steps)(data()), rtol=1e-12)
    residuals = [jnp.linalg.norm(A.mv(Landweber(A, k)(data())) - data()) for k in (steps - 1, steps)]
    assert residuals[1] <= target < residuals[0]
    np.testing.assert_allclose(found.stats["residual"], residuals[1], rtol=1e-12)


def test_a_discrepancy_out_of_reach_has_a_code(A):
    f = Landweber(A, 3)
    found = f.solve(data(), 1e-6, throw=False)
    assert found.result == RESULTS.discrepancy_not_reached
    assert found.stats["steps"] == 3
    with pytest.raises(eqx.EquinoxRuntimeError, match="No reconstruction fits the data to the noise level"):
        f.solve(data(), 1e-6)


def test_data_that_are_not_finite_have_a_code(A):
    found = Landweber(A, 3).solve(data().at[0].set(jnp.nan), 1e-6, throw=False)
    assert found.result == RESULTS.not_finite


@pytest.mark.parametrize("relaxation", [0.0, 2.1])
def test_the_relaxation_is_checked(relaxation):
    with pytest.raises(ValueError, match=f"expects a relaxation between 0 and 2 / .*, got {relaxation}"):
        Landweber(Matrix(jnp.eye(2)), 3, relaxation)


def test_the_steps_are_checked():
    with pytest.raises(ValueError, match="expects a number of steps that is not negative, got -1"):
        Landweber(Matrix(jnp.eye(2)), -1)
