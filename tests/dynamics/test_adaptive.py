"""Adaptive steps against SciPy and closed forms; how they end; and the codes when they do not arrive."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jaxtyping import TypeCheckError
from scipy.integrate import solve_ivp

from wellposed.dynamics import RESULTS, Adaptive, Flow


def lotka(t, x, args):
    return jnp.array([x[0] * (1.5 - x[1]), x[1] * (x[0] - 3.0)]) * (1 + 0.1 * jnp.sin(t))


@pytest.mark.parametrize("method", ["tsit5", "dopri5", "dopri8"])
def test_a_trajectory_is_scipys(method):
    ts = np.array([3.0, 0.0, 1.7, 5.0, 0.4])  # in any order
    with jax.enable_x64(True):
        got = Flow(lotka, Adaptive(method, 1e-10, 1e-10), t1=5.0).trajectory(jnp.array([1.0, 2.0]), ts)
        field = lambda t, x: np.array([x[0] * (1.5 - x[1]), x[1] * (x[0] - 3.0)]) * (1 + 0.1 * np.sin(t))
        want = solve_ivp(field, (0, 5), [1.0, 2.0], "DOP853", np.sort(ts), rtol=1e-12, atol=1e-12).y.T
    np.testing.assert_allclose(got, want[np.argsort(np.argsort(ts))], atol=1e-7)


def test_an_implicit_method_takes_a_stiff_field_in_few_steps():
    """dx/dt = -1000 (x - cos t): an explicit method is bound to steps of 1/300."""
    stiff = lambda t, x, args: -1000 * (x - jnp.cos(t))
    with jax.enable_x64(True):
        implicit, explicit = (Flow(stiff, Adaptive(m, 1e-5, 1e-5), t1=2.0).solve(0.0) for m in ("kvaerno5", "tsit5"))
    exact = (1e6 * np.cos(2) + 1e3 * np.sin(2)) / (1e6 + 1)
    for solution in (implicit, explicit):
        assert float(solution.xs[-1]) == pytest.approx(exact, abs=1e-4)
    assert 5 * int(implicit.statistics["steps"]) < int(explicit.statistics["steps"])


def test_the_error_follows_the_tolerance():
    with jax.enable_x64(True):
        errors = [
            abs(float(Flow(lambda t, x, a: -x, Adaptive(rtol=r, atol=r))(1.0)) - np.exp(-1)) for r in (1e-4, 1e-8)
        ]
    assert errors[1] < 1e-7 < 1e-3
    assert errors[1] < errors[0] < 1e-3


@pytest.mark.parametrize(
    ("field", "solver", "code"),
    [
        (lambda t, x, args: -1000.0 * x, Adaptive(max_steps=10), RESULTS.max_steps_reached),
        (lambda t, x, args: jnp.nan * x, Adaptive(max_steps=50), RESULTS.not_finite),
    ],
    ids=["max_steps", "not_finite"],
)
def test_it_says_why_it_did_not_arrive(field, solver, code):
    flow = Flow(field, solver, t1=10.0)
    solution = flow.solve(1.0)
    assert solution.result == code
    assert jnp.isnan(solution.xs[-1])
    assert jnp.isnan(flow(1.0))
    with pytest.raises(Exception, match=RESULTS[code][:30]):
        flow.solve(1.0, throw=True)


def test_a_time_outside_is_nan_and_the_others_are_not():
    solution = Flow(lambda t, x, args: -x, Adaptive(rtol=1e-6, atol=1e-6)).solve(1.0, jnp.array([0.5, 1.5]))
    assert solution.result == RESULTS.outside
    np.testing.assert_allclose(solution.xs, [np.exp(-0.5), np.nan], rtol=1e-4)


def test_backwards_in_time():
    got = Flow(lambda t, x, args: -x, Adaptive(rtol=1e-6, atol=1e-6), t0=1.0, t1=0.0).trajectory(1.0, jnp.array([0.5]))
    np.testing.assert_allclose(got, [np.exp(0.5)], rtol=1e-4)


def test_an_unknown_method_is_refused():
    with pytest.raises((ValueError, TypeCheckError), match="rk45"):
        Adaptive("rk45")  # pyright: ignore[reportArgumentType]
