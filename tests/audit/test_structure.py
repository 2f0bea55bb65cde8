import jax
import jax.numpy as jnp
import numpy as np
import pytest

from wellposed.audit import Problem, Symmetry, equivariance_error, structure
from wellposed.operators import Matrix

KERNEL = jnp.array([0.5, 0.25, 0.0, 0.0, 0.0, 0.0, 0.0, 0.25])
SHIFT = Symmetry("shift", lambda y: jnp.roll(y, 1), lambda x: jnp.roll(x, 1))


def _smooth(y):
    return jnp.real(jnp.fft.ifft(jnp.fft.fft(y) * jnp.fft.fft(KERNEL)))


def _sharpen(y):
    return jnp.real(jnp.fft.ifft(jnp.fft.fft(y) / (jnp.fft.fft(KERNEL) + 1e-9)))


def _masked(y):
    return y * jnp.array([1.0, 1, 1, 1, 0, 0, 1, 1])


@pytest.fixture
def blur(float64) -> Problem:
    x = 1 + np.random.default_rng(0).random((4, 8))
    alternating = (-1.0) ** np.arange(8)
    x = jnp.asarray(x - np.outer(x @ alternating, alternating) / 8)  # the kernel cannot see these
    A = Matrix(jax.vmap(_smooth)(jnp.eye(8)).T)
    clean = jax.vmap(A.mv)(x)
    return Problem(A, x, clean + 0.01, clean, 0.01, lambda key, x, s: A.mv(x), symmetries=(SHIFT,))


def test_a_circular_convolution_commutes_with_shifts_and_a_mask_does_not():
    y = jnp.arange(8.0)
    assert equivariance_error(_smooth, SHIFT.on_data, SHIFT.on_image, y) < 1e-14
    expected = jnp.linalg.norm(_masked(jnp.roll(y, 1)) - jnp.roll(_masked(y), 1)) / jnp.linalg.norm(_masked(y))
    found = equivariance_error(_masked, SHIFT.on_data, SHIFT.on_image, y)
    np.testing.assert_allclose(found, expected, rtol=1e-14)
    assert found > 0.3


def test_an_equivariant_inverse_passes(blur):
    answer = structure.ask(_sharpen, blur)
    assert answer.number < 1e-6
    assert answer.details["consistency_fraction"] < 1e-6
    assert answer.holds


def test_the_number_is_the_public_law(blur):
    answer = structure.ask(_masked, blur)
    expected = [equivariance_error(_masked, SHIFT.on_data, SHIFT.on_image, y) for y in blur.y]
    np.testing.assert_allclose(answer.samples, expected, rtol=1e-12)


def test_a_map_that_breaks_the_symmetry_is_flagged(blur):
    answer = structure.ask(lambda y: _sharpen(_masked(y)), blur)
    assert not answer.holds
    assert "shift" in answer.verdict


def test_a_map_that_halves_the_picture_misses_its_data_by_half(blur):
    answer = structure.ask(lambda y: _sharpen(y) / 2, blur)
    np.testing.assert_allclose(answer.details["consistency_fraction"], 0.5, rtol=1e-6)
    assert answer.number < 1e-6
    assert not answer.holds


def test_a_symmetry_that_the_problem_lacks_is_not_held_against_the_map(blur):
    false = Symmetry("shift of the object only", lambda y: y, lambda x: jnp.roll(x, 1))
    problem = Problem(blur.operator, blur.x, blur.y, blur.clean, 0.01, blur.redraw, symmetries=(false,))
    answer = structure.ask(_sharpen, problem)
    assert answer.details["shift of the object only: defect of the problem itself"] > 0.05
    assert answer.number > 0.05


def test_without_a_symmetry_the_number_is_the_data_consistency(toy):
    answer = structure.ask(toy.filtered(0.5 / toy.s), toy.problem())
    np.testing.assert_allclose(answer.number, 0.5, rtol=1e-8)
    assert "no symmetry" in answer.verdict
