import jax.numpy as jnp
import numpy as np
import pytest

from wellposed.simulate import integrate

TS = np.linspace(0.0, 3.0, 7)


def oscillator(x, p):
    return jnp.stack([-p * x[1], p * x[0]])


def test_a_rotation_is_solved_to_the_tolerance_at_each_parameter():
    speeds = np.array([0.5, 2.0])
    found = integrate(oscillator, np.tile([1.0, 0.0], (2, 1)), speeds, TS)
    assert found.slopes is not None
    angle = speeds[:, None] * TS[None]
    np.testing.assert_allclose(found.states, np.stack([np.cos(angle), np.sin(angle)], -1), atol=1e-6)
    np.testing.assert_allclose(found.slopes[..., 0], -speeds[:, None] * found.states[..., 1], atol=1e-12)
    np.testing.assert_array_equal(found.parameters, speeds)
    assert found.states.dtype == np.float64


def test_a_solution_that_runs_away_is_no_answer():
    with pytest.raises(Exception, match="maximum number of solver steps"):
        integrate(lambda x, p: x**2, np.ones((1, 1)), np.zeros(1), TS)
