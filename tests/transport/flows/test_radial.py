"""Radial layers: the root of the quadratic equation, at and beyond the bound of invertibility."""

import jax
import jax.numpy as jnp

from wellposed.transport import RadialFlow, inverse_error


def test_the_quadratic_inverse_holds_for_contraction_and_expansion():
    flow = RadialFlow(jnp.array([[0.0, 0.0], [1.0, 1.0]]), jnp.array([0.0, -1.0]), jnp.array([-6.0, 8.0]))
    points = jnp.concatenate([3 * jax.random.normal(jax.random.key(0), (50, 2)), jnp.zeros((1, 2))])
    assert inverse_error(flow, points) < 1e-4
    assert jnp.isfinite(jax.vmap(flow.log_prob)(points)).all()
