"""The interface: what a flow takes, what it refuses, and that it is a record."""

import dataclasses

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jaxtyping import TypeCheckError

from wellposed.dynamics import RK4, Adaptive, Euler, Flow


def decay(t, x, args):
    return -x


def test_the_arguments_reach_the_field():
    flow = Flow(lambda t, x, args: args["rate"] * x, RK4(), steps=20)
    assert float(flow(1.0, {"rate": 2.0})) == pytest.approx(np.exp(2), rel=1e-4)
    assert float(flow.inverse(np.exp(2.0), {"rate": 2.0})) == pytest.approx(1, rel=1e-4)


def test_a_record_with_another_end_is_another_flow():
    flow = dataclasses.replace(Flow(decay, RK4(), steps=10), t1=2.0, steps=40)
    assert float(flow(1.0)) == pytest.approx(np.exp(-2), rel=1e-5)


def test_the_ends_are_differentiable():
    """d x(t1) / d t1 is the field at x(t1)."""
    end = lambda t1: Flow(decay, RK4(), t1=t1, steps=20)(1.0)
    assert float(jax.grad(end)(1.0)) == pytest.approx(-np.exp(-1), rel=1e-4)


@pytest.mark.parametrize("solver", [RK4(), Adaptive(rtol=1e-6, atol=1e-6)], ids=["RK4", "Adaptive"])
def test_a_state_is_a_tree_of_any_inexact_dtype(solver):
    steps = 20 if isinstance(solver, RK4) else None
    flow = Flow(lambda t, x, args: (-x[0], 2 * x[1]), solver, steps=steps)
    a, b = flow((1, np.ones((2, 3))))
    assert (a.shape, b.shape) == ((), (2, 3))
    np.testing.assert_allclose(a, np.exp(-1), rtol=1e-4)
    np.testing.assert_allclose(b, np.exp(2) * np.ones((2, 3)), rtol=1e-4)


def test_a_complex_state_turns():
    with jax.enable_x64(True):
        got = Flow(lambda t, x, args: 1j * x, RK4(), t1=np.pi, steps=50)(1.0 + 0j)
    assert complex(got) == pytest.approx(-1, abs=1e-5)


def test_the_field_is_trained_through_the_flow():
    """A linear field finds the rotation that turns e1 into e2."""
    with jax.enable_x64(True):
        loss = lambda A: jnp.sum(
            (Flow(lambda t, x, A: A @ x, RK4(), steps=10)(jnp.array([1.0, 0.0]), A) - jnp.array([0.0, 1.0])) ** 2
        )
        A = jnp.zeros((2, 2))
        descend = jax.jit(lambda A: A - 0.5 * jax.grad(loss)(A))
        for _ in range(50):
            A = descend(A)
        assert loss(A) < 1e-6


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"steps": None}, "a positive number of steps for RK4, got None"),
        ({"steps": 0}, "a positive number of steps for RK4, got 0"),
        ({"steps": 4, "solver": Adaptive()}, "no steps with Adaptive, which chooses its own, got 4"),
        ({"steps": 4, "adjoint": "sideways"}, "sideways"),
    ],
)
def test_options_that_do_not_fit(options, message):
    with pytest.raises((ValueError, TypeCheckError), match=message):
        Flow(decay, **{"solver": RK4(), **options})


class Matrix(eqx.Module):
    A: jax.Array

    def __call__(self, t, x, args):
        return self.A @ x


@pytest.mark.parametrize(
    ("field", "x0", "message"),
    [
        (Matrix(jnp.eye(3)), jnp.ones(4), r"a state that its field takes, got shape \(4,\)"),
        (Matrix(jnp.eye(3)), jnp.ones((3, 5)).T, r"a state that its field takes, got shape \(5, 3\)"),
        (lambda t, x, args: x[:2], jnp.ones(3), r"dx/dt of shape \(3,\), as x, got \(2,\)"),
        (lambda t, x, args: (x, x), jnp.ones(3), "a field of the structure of its state"),
        (lambda t, x, args: 1j * x, jnp.ones(3), "dx/dt of dtype float32, as x, got complex64"),
    ],
    ids=["shape", "batch", "slope", "structure", "dtype"],
)
def test_a_field_that_does_not_fit_the_state(field, x0, message):
    with pytest.raises(ValueError, match=message):
        Flow(field, Euler(), steps=2)(x0)
