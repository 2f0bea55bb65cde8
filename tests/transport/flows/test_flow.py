"""The law of flows, and densities that integrate to one."""

import equinox as eqx
import jax
import jax.numpy as jnp
import pytest

from wellposed.transport import OTFlow, PlanarFlow, RadialFlow, flow_loss, inverse_error, with_steps


@pytest.mark.parametrize("make", [PlanarFlow.random, RadialFlow.random], ids=["planar", "radial"])
def test_the_density_integrates_to_one(make):
    flow = make(2, 8, jax.random.key(0))
    ticks = jnp.linspace(-8.0, 8.0, 161)
    grid = jnp.stack(jnp.meshgrid(ticks, ticks), axis=-1).reshape(-1, 2)
    mass = jnp.sum(jnp.exp(jax.jit(jax.vmap(flow.log_prob))(grid))) * (ticks[1] - ticks[0]) ** 2
    assert abs(mass - 1) < 2e-3


def test_the_loss_is_the_sum_of_the_terms():
    flow = OTFlow.random(2, 4, jax.random.key(0), steps=2)
    loss, terms = eqx.filter_jit(flow_loss)(flow, jnp.ones((3, 2)), jax.random.key(1))
    assert set(terms) == {"nll", "transport", "hjb"}
    assert loss == pytest.approx(sum(float(term) for term in terms.values()), rel=1e-6)


def test_finer_steps_are_more_invertible():
    flow = OTFlow.random(2, 8, jax.random.key(0), steps=2)
    points = 2 * jax.random.normal(jax.random.key(1), (50, 2))
    coarse, fine = (float(inverse_error(with_steps(flow, steps), points)) for steps in (2, 8))
    assert fine < coarse / 30  # order 4: 256 in the limit
    assert coarse > 1e-4
