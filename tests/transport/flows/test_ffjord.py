"""The probed divergence is right on average, and the penalties are what they say."""

import dataclasses

import jax
import jax.numpy as jnp
import pytest

from wellposed.transport import FFJORD


def test_probes_give_the_divergence_and_the_size_of_the_jacobian_on_average():
    flow = FFJORD.random(4, 8, jax.random.key(0), kinetic=1.0, jacobian=1.0)
    t, x = jnp.array(0.3), jnp.ones(4)
    jacobian = jax.jacfwd(lambda x: flow.velocity(t, x))(x)
    probes = jax.random.rademacher(jax.random.key(1), (4000, 4), x.dtype)
    found = jax.vmap(lambda probe: flow.rates(t, x, probe))(probes)
    exact = dataclasses.replace(flow, trace="exact").rates(t, x, probes[0])
    spread = found.divergence.std() / 4000**0.5
    assert abs(found.divergence.mean() - jnp.trace(jacobian)) < 4 * spread
    assert spread > 0
    assert exact.divergence == pytest.approx(float(jnp.trace(jacobian)), rel=1e-5)
    assert exact.penalties["jacobian"] == pytest.approx(float(jnp.sum(jacobian**2)), rel=1e-5)
    assert found.penalties["jacobian"].mean() == pytest.approx(float(jnp.sum(jacobian**2)), rel=0.1)
    assert exact.penalties["kinetic"] == pytest.approx(float(jnp.sum(flow.velocity(t, x) ** 2)), rel=1e-5)


def test_an_unknown_trace_is_a_sentence():
    with pytest.raises(ValueError, match=r"expects a trace of \['exact', 'hutchinson'\], got 'guess'"):
        FFJORD.random(2, 4, jax.random.key(0), trace="guess")
