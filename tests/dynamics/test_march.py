"""The three adjoints of a scheme against each other, against the transposed steps by hand, and jvp against vjp."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from wellposed.dynamics import RK4, Euler, Flow, Piecewise, SymplecticEuler, Verlet

X = np.array([0.7, -0.3, 0.2, 0.4])


class Oscillators(eqx.Module):
    """Coupled pendula, which a weight and an argument move."""

    weight: jax.Array

    def __init__(self, key):
        self.weight = jax.random.normal(key, (2, 2)) / 2

    def __call__(self, t, x, args):
        q, p = x[:2], x[2:]
        return jnp.concatenate([p, -self.weight.T @ jnp.sin(self.weight @ q) - args * q * (1 + t)])


def layered():
    return Piecewise.stacked(Oscillators, 3, jax.random.key(1))


def plain():
    return Oscillators(jax.random.key(1))


def gradients(flow, way):
    """Of a loss in the field, the state and the argument."""

    def loss(inputs):
        flow, x, a = inputs
        if way == "trajectory":
            return jnp.sum(jnp.cos(flow.trajectory(x, None, a)) * jnp.arange(1.0, 5.0)[None])
        return jnp.sum(jnp.cos(getattr(flow, way)(x, a)) * jnp.arange(1.0, 5.0))

    found = eqx.filter_grad(loss)((flow, jnp.asarray(X), jnp.asarray(0.8)))
    return [leaf for leaf in jax.tree.leaves((found[0].field, *found[1:])) if leaf is not None]


@pytest.mark.parametrize("way", ["__call__", "inverse", "trajectory"])
@pytest.mark.parametrize("field", [plain, layered], ids=["plain", "layered"])
@pytest.mark.parametrize("scheme", [RK4(), Verlet()], ids=lambda s: type(s).__name__)
def test_the_adjoints_agree(scheme, field, way):
    with jax.enable_x64(True):
        steps = 48 if isinstance(scheme, RK4) else 6
        direct, checkpointed, backsolve = (
            gradients(Flow(field(), scheme, steps=steps, adjoint=adjoint), way)
            for adjoint in ("direct", "checkpointed", "backsolve")
        )
    assert all(np.abs(leaf).max() > 1e-3 for leaf in direct)
    for a, b, c in zip(direct, checkpointed, backsolve, strict=True):
        np.testing.assert_allclose(b, a, rtol=1e-12, atol=1e-13)
        np.testing.assert_allclose(c, a, rtol=1e-6 if isinstance(scheme, RK4) else 1e-11, atol=1e-12)


def test_backsolve_of_a_scheme_without_an_exact_way_back_has_the_error_of_the_scheme():
    with jax.enable_x64(True):
        errors = []
        for steps in (24, 48):
            a, b = (
                gradients(Flow(plain(), Euler(), steps=steps, adjoint=adjoint), "__call__")
                for adjoint in ("direct", "backsolve")
            )
            errors.append(max(float(np.abs(u - v).max()) for u, v in zip(a, b, strict=True)))
    assert 1e-5 < errors[1] < errors[0] < 1
    assert np.log2(errors[0] / errors[1]) == pytest.approx(1, abs=0.3)


@pytest.mark.parametrize("adjoint", ["direct", "checkpointed", "backsolve"])
def test_the_gradient_is_the_product_of_the_transposed_steps(adjoint):
    with jax.enable_x64(True):
        flow = Flow(layered(), SymplecticEuler(), steps=3, adjoint=adjoint)
        args, weights = jnp.asarray(0.8), jnp.arange(1.0, 5.0)
        states = flow.trajectory(jnp.asarray(X), None, args)
        a = weights
        for k in (2, 1, 0):
            a = jax.jacfwd(lambda x, k=k: flow.step(k, x, args))(states[k]).T @ a
        got = jax.grad(lambda x: weights @ flow(x, args))(jnp.asarray(X))
    np.testing.assert_allclose(got, a, rtol=1e-12)


def test_forward_mode_is_the_transpose_of_reverse_mode():
    with jax.enable_x64(True):
        flow = Flow(plain(), RK4(), steps=4)
        f = lambda x: flow(x, jnp.asarray(0.8))
        np.testing.assert_allclose(jax.jacfwd(f)(jnp.asarray(X)), jax.jacrev(f)(jnp.asarray(X)), rtol=1e-12)


def test_checkpoints_and_the_backward_solve_store_less():
    """The residuals of the forward pass: all stages, the states at the steps, and next to nothing."""

    def stored(adjoint):
        flow = Flow(plain(), RK4(), steps=64, adjoint=adjoint)
        _, pull = eqx.filter_vjp(lambda x: flow(x, jnp.asarray(0.8, "float32")), jnp.asarray(X, "float32"))
        return sum(leaf.size for leaf in jax.tree.leaves(pull) if eqx.is_array(leaf))

    direct, checkpointed, backsolve = map(stored, ("direct", "checkpointed", "backsolve"))
    assert direct > 2 * checkpointed > 4 * backsolve
