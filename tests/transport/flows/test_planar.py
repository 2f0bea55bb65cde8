"""Planar layers stay invertible whatever their parameters are."""

import jax
import jax.numpy as jnp
import pytest

from wellposed.transport import PlanarFlow, inverse_error


def test_strong_layers_that_would_fold_are_kept_invertible():
    w = jnp.array([[2.0, 0.0], [0.0, 3.0]])
    flow = PlanarFlow(-5 * w, w, jnp.array([0.3, -0.2]))  # w'u far below -1
    points = jax.random.normal(jax.random.key(0), (50, 2))
    with jax.enable_x64(True):
        wide = jax.tree.map(lambda leaf: leaf.astype(jnp.float64), (flow, points))
        assert inverse_error(*wide) < 1e-8
        assert jnp.isfinite(jax.vmap(wide[0].log_prob)(wide[1])).all()
    assert inverse_error(flow, points) < 1e-2  # almost flat there: float32 has no more


def test_sizes_are_positive():
    with pytest.raises(ValueError, match="positive numbers, got d=2, layers=0"):
        PlanarFlow.random(2, 0, jax.random.key(0))
