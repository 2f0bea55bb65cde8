"""Lanes: networks side by side are the networks one by one."""

import jax
import jax.numpy as jnp
import numpy as np

from wellposed.dynamics import FlowClassifier, resnet
from wellposed.recipes.lanes import Whole, accuracies, build_lanes, decide, draw_lanes, lane, probability
from wellposed.simulate import circles, squares


def build(key):
    return FlowClassifier.random(resnet(2, 3, key), 2, 1, key)


def test_a_lane_is_a_network_of_its_own():
    key, x = jax.random.key(0), jnp.array([0.3, -0.4])
    model = build_lanes(build, key, 2, 3)
    alone = build(jax.random.split(key, (2, 3))[1, 2])
    np.testing.assert_allclose(lane(model, 1, 2)(x), alone(x), rtol=1e-5)
    assert 0 < float(probability(alone, x)) < 1


def test_accuracies_are_those_of_each_lane():
    model, data = build_lanes(build, jax.random.key(0), 2, 3), draw_lanes((circles, squares), jax.random.key(1), 3, 20)
    found = accuracies(model, data)
    one = jax.vmap(lane(model, 1, 0))(data.points[1, 0])[:, 0] > 0
    assert found.shape == (2, 3)
    np.testing.assert_allclose(found[1, 0], np.mean(np.asarray(one) == np.asarray(data.labels[1, 0])), rtol=1e-6)


def test_the_seeds_have_points_of_their_own():
    data = draw_lanes((circles, squares), jax.random.key(1), 3, 20)
    assert len(np.unique(np.asarray(data.points[0, :, 0, 0]))) == 3
    np.testing.assert_array_equal(Whole(data)(jax.random.key(0), jnp.array(4)).points, data.points)


def test_the_decision():
    assert decide(jnp.array([[1.0], [-2.0]])).tolist() == [1, 0]
    assert decide(jnp.array([[1.0, 3.0, 2.0], [0.0, -1.0, -2.0]])).tolist() == [1, 0]
