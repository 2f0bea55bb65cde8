"""The schemes: order conditions of their tableaux, one step by hand, order in time, and what they refuse."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from wellposed.dynamics import RK4, RK5, Euler, ExplicitRungeKutta, Flow, Heun, Kutta3, SymplecticEuler, Tableau, Verlet

RUNGE_KUTTA = (Euler(), Heun(), Kutta3(), RK4(), RK5())


def conditions(tableau):
    """Order -> the elementary weights of its rooted trees less what they should be (Butcher)."""
    s = len(tableau.b)
    A = np.zeros((s, s))
    for i, row in enumerate(tableau.a):
        A[i, : len(row)] = row
    b, c = np.array(tableau.b), np.array(tableau.c)
    return {
        1: [b.sum() - 1],
        2: [b @ c - 1 / 2],
        3: [b @ c**2 - 1 / 3, b @ A @ c - 1 / 6],
        4: [b @ c**3 - 1 / 4, b @ (c * (A @ c)) - 1 / 8, b @ A @ c**2 - 1 / 12, b @ A @ A @ c - 1 / 24],
        5: [
            *(b @ c**4 - 1 / 5, b @ (c**2 * (A @ c)) - 1 / 10, b @ (c * (A @ c**2)) - 1 / 15),
            *(b @ (c * (A @ A @ c)) - 1 / 30, b @ (A @ c) ** 2 - 1 / 20, b @ A @ c**3 - 1 / 20),
            *(b @ A @ (c * (A @ c)) - 1 / 40, b @ A @ A @ c**2 - 1 / 60, b @ A @ A @ A @ c - 1 / 120),
        ],
    }


@pytest.mark.parametrize("scheme", RUNGE_KUTTA, ids=lambda s: type(s).__name__)
def test_the_tableau_is_of_its_order_and_no_higher(scheme):
    defects = conditions(scheme.tableau)
    for order, defect in defects.items():
        assert (np.abs(defect).max() < 1e-14) == (order <= scheme.order)
    assert [sum(row) for row in scheme.tableau.a] == pytest.approx(scheme.tableau.c)
    assert scheme.stages == len(scheme.tableau.b)


@pytest.mark.parametrize("scheme", RUNGE_KUTTA, ids=lambda s: type(s).__name__)
def test_order_for_a_field_that_depends_on_time(scheme):
    """dx/dt = -2 t x^2 with x(0) = 1 has x = 1 / (1 + t^2): a stage at a wrong time loses the order."""
    with jax.enable_x64(True):
        error = [
            abs(float(Flow(lambda t, x, args: -2 * t * x**2, scheme, t1=1.0, steps=n)(1.0)) - 0.5) for n in (20, 40)
        ]
    assert np.log2(error[0] / error[1]) == pytest.approx(scheme.order, abs=0.2)


def test_a_tableau_that_does_not_begin_at_the_state_is_refused():
    with pytest.raises(ValueError, match=r"Late expects an explicit tableau, .* got \(\) and 0\.5"):
        type("Late", (ExplicitRungeKutta,), {"tableau": Tableau(a=((),), b=(1.0,), c=(0.5,)), "order": 1, "stages": 1})


class Projected(RK4):
    """Back to the unit circle after each step."""

    def step(self, f, t, h, x):
        x = super().step(f, t, h, x)
        return x / jnp.linalg.norm(x)


def test_a_scheme_with_a_step_of_its_own_takes_it_along_the_whole_trajectory():
    flow = Flow(lambda t, x, args: jnp.array([-x[1], x[0]]) + 0.1 * x, Projected(), steps=5)
    xs = flow.trajectory(jnp.array([1.0, 0.0]))
    np.testing.assert_allclose(jnp.linalg.norm(xs, axis=1), 1.0, rtol=1e-6)
    np.testing.assert_allclose(xs[-1], flow(jnp.array([1.0, 0.0])), rtol=1e-6)


def pendulum(t, x):
    return jnp.array([x[1], -jnp.sin(x[0])])


def test_symplectic_euler_kicks_and_then_drifts():
    with jax.enable_x64(True):
        x = SymplecticEuler().step(pendulum, jnp.array(0.0), jnp.array(0.1), jnp.array([1.0, 0.5]))
    p = 0.5 - 0.1 * np.sin(1.0)
    np.testing.assert_allclose(x, [1.0 + 0.1 * p, p], rtol=1e-14)


def test_verlet_is_the_leapfrog_recurrence():
    with jax.enable_x64(True):
        flow = Flow(lambda t, x, args: pendulum(t, x), Verlet(), t1=2.0, steps=20)
        q = np.asarray(flow.trajectory(jnp.array([1.0, 0.5])))[:, 0]
    np.testing.assert_allclose(q[2:], 2 * q[1:-1] - q[:-2] - 0.01 * np.sin(q[1:-1]), rtol=1e-13)


@pytest.mark.parametrize("scheme", [Verlet(), SymplecticEuler()], ids=lambda s: type(s).__name__)
def test_the_way_back_of_a_symplectic_scheme_is_exact_in_time_too(scheme):
    driven = lambda t, x: jnp.array([x[1], -jnp.sin(x[0]) + jnp.cos(3 * t)])
    with jax.enable_x64(True):
        t, h, x = jnp.array(0.3), jnp.array(0.2), jnp.array([1.0, 0.5])
        np.testing.assert_allclose(scheme.back(driven, t, h, scheme.step(driven, t, h, x)), x, rtol=1e-14)


def test_a_runge_kutta_state_is_any_tree():
    field = lambda t, x: {"a": x["b"], "b": -x["a"]}
    x = RK4().step(field, jnp.array(0.0), jnp.array(0.1), {"a": jnp.ones(2), "b": jnp.zeros(2)})
    np.testing.assert_allclose(x["a"], np.cos(0.1) * np.ones(2), atol=1e-6)
    np.testing.assert_allclose(x["b"], -np.sin(0.1) * np.ones(2), atol=1e-6)


def test_a_scheme_of_ones_own_is_a_tableau():
    class Ralston(ExplicitRungeKutta):
        tableau = Tableau(a=((), (2 / 3,)), b=(1 / 4, 3 / 4), c=(0.0, 2 / 3))
        order = 2
        stages = 2

    assert np.abs(conditions(Ralston.tableau)[2]).max() < 1e-15
    got = float(Flow(lambda t, x, args: x, Ralston(), steps=1)(1.0))
    assert got == pytest.approx(2.5)


@pytest.mark.parametrize("x0", [jnp.zeros(3), jnp.zeros(())])
def test_a_symplectic_scheme_refuses_a_state_without_halves(x0):
    flow = Flow(lambda t, x, args: x, Verlet(), steps=2)
    with pytest.raises(ValueError, match="expects one array with an even first axis, got shape"):
        flow(x0)
