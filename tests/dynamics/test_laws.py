"""The laws against closed forms: with explicit Euler the harmonic oscillator breaks each by (1 + h^2)^n - 1."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from wellposed.dynamics import (
    RK4,
    Euler,
    Flow,
    SymplecticEuler,
    Verlet,
    backward_gradient_norms,
    energy_drift,
    flip_momenta,
    invertibility_error,
    reversibility_error,
    stability,
    symplecticity_error,
)

STEPS, H = 10, 0.1
BROKEN = (1 + H**2) ** STEPS - 1


def spring(t, x, args):
    return jnp.array([x[1], -x[0]])


def pendulum(t, x, args):
    return jnp.array([x[1], -jnp.sin(x[0])])


def half_energy(x):
    return jnp.vdot(x, x) / 2


@pytest.fixture(autouse=True)
def _float64():
    with jax.enable_x64(True):
        yield


def test_explicit_euler_breaks_the_laws_by_what_theory_says():
    flow, x = Flow(spring, Euler(), t1=STEPS * H, steps=STEPS), jnp.array([1.0, 2.0])
    found = (
        symplecticity_error(flow, x),
        reversibility_error(flow, x),
        invertibility_error(flow, x),
        energy_drift(flow, x, half_energy),
    )
    np.testing.assert_allclose(jnp.stack(found), BROKEN, rtol=1e-10)


@pytest.mark.parametrize("scheme", [Verlet(), SymplecticEuler()], ids=lambda s: type(s).__name__)
def test_symplectic_schemes_keep_them(scheme):
    flow, x = Flow(pendulum, scheme, t1=2.0, steps=STEPS), jnp.array([1.0, 0.5])
    assert symplecticity_error(flow, x) < 1e-13
    assert invertibility_error(flow, x) < 1e-13
    reversible = reversibility_error(flow, x) < 1e-13
    assert reversible == isinstance(scheme, Verlet)  # symplectic Euler is not symmetric


def test_symplecticity_for_a_structure_of_ones_own():
    """In coordinates y = T x the spring's flow keeps T J T'."""
    T = jnp.array([[2.0, 1.0], [0.5, 1.0]])
    flow = Flow(lambda t, y, args: T @ spring(t, jnp.linalg.solve(T, y), None), RK4(), t1=1.0, steps=100)
    J = jnp.array([[0.0, 1.0], [-1.0, 0.0]])
    assert symplecticity_error(flow, jnp.ones(2), T @ J @ T.T) < 1e-9


def test_reversibility_by_another_reflection():
    """A field of odd functions runs backwards in the mirror x -> -x of time alone: r = swap for (x2, -x1)."""
    flow = Flow(spring, Verlet(), t1=1.0, steps=5)
    assert reversibility_error(flow, jnp.array([1.0, 2.0]), None, lambda x: flip_momenta(x) * -1) < 1e-13
    assert reversibility_error(flow, jnp.array([1.0, 2.0]), None, lambda x: -x) > 0.1


def test_flip_momenta():
    np.testing.assert_array_equal(flip_momenta(jnp.arange(4.0)), [0, 1, -2, -3])


def test_the_spectrum_along_a_flow():
    """A damped oscillator whose friction is the time: at t, lambda = -t/2 +- i sqrt(1 - t^2/4)."""
    flow = Flow(lambda t, x, args: jnp.array([x[1], -x[0] - t * x[1]]), RK4(), t1=1.0, steps=4)
    found = stability(flow, jnp.ones(2))
    np.testing.assert_allclose(found.ts, [0, 0.25, 0.5, 0.75])
    np.testing.assert_allclose(found.growth, -found.ts / 2, atol=1e-12)
    np.testing.assert_allclose(jnp.abs(found.eigenvalues), 1, rtol=1e-12)
    np.testing.assert_allclose(found.logarithmic_norm, 0, atol=1e-12)  # symmetric part diag(0, -t)


def test_the_logarithmic_norm_bounds_what_the_eigenvalues_do_not():
    flow = Flow(lambda t, x, args: jnp.array([[-1.0, 10.0], [0.0, -1.0]]) @ x, RK4(), t1=0.1, steps=2)
    found = stability(flow, jnp.ones(2))
    np.testing.assert_allclose(found.growth, -1, atol=1e-6)
    np.testing.assert_allclose(found.logarithmic_norm, 4, rtol=1e-12)


def test_backward_gradients_of_a_linear_field_are_powers():
    A = np.array([[0.0, 1.0], [-1.0, -0.5]])
    flow = Flow(lambda t, x, args: jnp.asarray(A) @ x, Euler(), t1=1.0, steps=5)
    want = [np.linalg.norm(np.linalg.matrix_power(np.eye(2) + 0.2 * A, 5 - k), 2) for k in range(6)]
    np.testing.assert_allclose(backward_gradient_norms(flow, jnp.ones(2)), want, rtol=1e-12)


def test_backward_gradients_of_a_symplectic_scheme_do_not_vanish():
    flow = Flow(pendulum, Verlet(), t1=20.0, steps=100)
    assert backward_gradient_norms(flow, jnp.array([1.0, 0.5])).min() > 1 - 1e-12


def test_the_laws_take_arguments_and_trees():
    flow = Flow(lambda t, x, args: {"u": args * x["v"], "v": -args * x["u"]}, RK4(), t1=1.0, steps=50)
    x = {"u": jnp.ones(2), "v": jnp.zeros(2)}
    assert invertibility_error(flow, x, 2.0) < 1e-6
    assert energy_drift(flow, x, lambda x: jnp.sum(x["u"] ** 2 + x["v"] ** 2), 2.0) < 1e-6
    np.testing.assert_allclose(jnp.abs(stability(flow, x, 2.0).eigenvalues), 2, rtol=1e-10)


def test_the_spectrum_needs_steps():
    from wellposed.dynamics import Adaptive

    with pytest.raises(ValueError, match="fixed-step"):
        backward_gradient_norms(Flow(spring, Adaptive()), jnp.ones(2))
