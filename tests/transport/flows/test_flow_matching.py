"""Pairs by optimal transport, and what the regression finds on them."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from wellposed.transport import FlowMatching, Pairs, ot_pairs


def test_pairs_cost_least_within_their_batch():
    points = jax.random.normal(jax.random.key(0), (11, 2)) + 3
    pairs = ot_pairs(points, jax.random.key(1), size=5)
    assert pairs.data.shape == pairs.base.shape == (10, 2)
    assert np.array_equal(pairs.data, points[:10])
    for x, z in zip(np.split(np.asarray(pairs.data), 2), np.split(np.asarray(pairs.base), 2), strict=True):
        costs = [np.sum((x - z[list(order)]) ** 2) for order in itertools.permutations(range(5))]
        assert np.sum((x - z) ** 2) <= min(costs) + 1e-4


def test_the_regression_is_that_of_the_straight_line():
    flow = FlowMatching.random(2, 4, jax.random.key(0))
    flow = jax.tree.map(jnp.zeros_like, flow)  # v = 0
    pairs = Pairs(jnp.ones((6, 2)), jnp.array([[4.0, 5.0]] * 6))
    assert flow.terms(pairs, jax.random.key(1))["regression"] == 25


def test_more_points_than_there_are_is_a_sentence():
    with pytest.raises(ValueError, match="a size from 1 to the 3 points, got 4"):
        ot_pairs(np.zeros((3, 1)), jax.random.key(0), 4)
