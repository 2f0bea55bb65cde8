import jax
import jax.numpy as jnp
import numpy as np
import pytest

from wellposed.simulate import (
    neural_field,
    neural_field_equilibrium,
    neural_field_growth,
    neural_field_hopf,
    neural_field_mode,
    neural_field_trajectories,
)


def test_the_hopf_point_is_the_published_one():
    found = neural_field_hopf()
    assert found == pytest.approx(0.8040, abs=5e-5)
    value = neural_field_growth(found)
    assert abs(value.real) < 1e-6
    assert abs(value.imag) > 0.4


def test_the_field_is_the_sum_over_the_ring_written_out():
    n, current = 8, 0.7
    state = np.random.default_rng(0).normal(size=2 * n)
    u, a = np.split(state, 2)
    x = 12.0 * (np.arange(n) - n // 2) / n
    firing = 1 / (1 + np.exp(-6.0 * (u - 0.375)))
    apart = np.abs(x[:, None] - x[None])
    apart = np.minimum(apart, 12.0 - apart)
    spread = (np.exp(-(apart**2)) / np.sqrt(np.pi) * 12.0 / n) @ firing
    expected = np.concatenate([-u - 2.75 * a + spread + current * np.exp(-((x / 1.2) ** 2)), (u - a) / 10])
    np.testing.assert_allclose(neural_field(jnp.asarray(state), current), expected, rtol=1e-4, atol=1e-5)


def test_small_distances_turn_and_decay_as_the_eigenvalue_says():
    n, current = 16, 0.7
    value, mode = neural_field_growth(current, n), neural_field_mode(current, n)
    ts = np.linspace(0.0, 10.0, 5)
    found = neural_field_trajectories(1e-4 * np.real(mode)[None], np.array([current]), ts)
    expected = 1e-4 * np.real(np.exp(value * ts)[:, None] * mode[None])
    np.testing.assert_allclose(found.states[0], expected, atol=5e-7)  # quadratic terms of 5e-4 squared


def test_an_input_without_a_bump_that_newton_finds_is_refused():
    with pytest.raises(RuntimeError, match="residual"):
        neural_field_equilibrium(float("nan"), 8)


def test_equilibrium_is_stationary():
    with jax.enable_x64(True):
        assert np.abs(neural_field(jnp.asarray(neural_field_equilibrium(1.0)), 1.0)).max() < 1e-10


def test_the_phase_of_the_mode_is_not_left_to_the_solver():
    """LAPACK turns the largest of its components to be real, of which a bump's mode has two."""
    mode = neural_field_mode(0.8)
    mean = np.linspace(1.0, 2.0, len(mode)) @ mode
    assert mean.real > 1
    assert abs(mean.imag) < 1e-9
