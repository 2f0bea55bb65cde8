"""OT-Flow against the closed form of a quadratic potential, for which all is linear."""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import scipy.linalg

from wellposed.transport import OTFlow


def quadratic(d=3):
    """Phi(x) = x' S x / 2, without a network and without time."""
    flow = OTFlow.random(d, 4, jax.random.key(0), steps=40, transport=0.5, hjb=2.0)
    factor = 0.7 * jax.random.normal(jax.random.key(1), (d, d + 1)) * jnp.array([[1.0] * d + [0.0]])
    potential = dataclasses.replace(flow.potential, weight=jnp.zeros(4), quadratic=factor)
    return dataclasses.replace(flow, potential=potential), np.asarray(factor[:, :-1].T @ factor[:, :-1])


def test_a_quadratic_potential_flows_as_the_matrix_exponential():
    with jax.enable_x64(True):
        flow, S = quadratic()
        x = jnp.array([0.5, -1.0, 2.0])
        path = flow.path(x)
        end = scipy.linalg.expm(-S) @ np.asarray(x)
        energy, _ = scipy.integrate.quad(
            lambda t: float(np.sum((S @ scipy.linalg.expm(-S * t) @ np.asarray(x)) ** 2)), 0, 1
        )
        assert np.allclose(path.z, end, atol=1e-5)
        assert abs(path.log_det + np.trace(S)) < 1e-12
        assert abs(path.cost - energy) < 1e-5
        terms = flow.terms(x[None], jax.random.key(0))
        assert abs(terms["transport"] - 0.5 * energy / 2) < 1e-5
        assert abs(terms["hjb"] - 2.0 * energy / 2) < 1e-5  # |dPhi/dt - |grad Phi|^2 / 2|, and Phi knows no time


def test_the_residual_vanishes_where_the_equation_holds():
    """Phi = |x - a|^2 / (2 (1 - t + s)) solves the equation: points go straight to a, at constant speed."""
    with jax.enable_x64(True):
        a, s, x = jnp.array([1.0, -2.0]), 0.7, jnp.array([3.0, 0.5])

        class Straight(OTFlow):
            def rates(self, t, x, probe):
                phi = lambda x, t: jnp.sum((x - a) ** 2) / (2 * (1 - t + s))
                gradient, time = jax.grad(phi, argnums=(0, 1))(x, t)
                real = super().rates(t, x, probe)
                residual = jnp.abs(gradient @ gradient / 2 - time)
                return real._replace(velocity=-gradient, penalties=real.penalties | {"hjb": residual})

        start = OTFlow.random(2, 4, jax.random.key(0), steps=20)
        flow = Straight(**{field.name: getattr(start, field.name) for field in dataclasses.fields(start)})
        path = flow.path(x)
        assert flow.terms(x[None], jax.random.key(0))["hjb"] < 1e-12
        assert abs(jnp.sum((path.z - x) ** 2) / path.cost - 1) < 1e-6


def test_the_weights_are_not_trained():
    flow = OTFlow.random(2, 4, jax.random.key(0), steps=1)
    slope = jax.grad(
        lambda w: sum(dataclasses.replace(flow, hjb=w).terms(jnp.ones((2, 2)), jax.random.key(1)).values())
    )
    assert slope(flow.hjb) == 0
