"""The classifier: padding, the input as argument, and what it refuses."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from wellposed.dynamics import FlowClassifier, nais_net, resnet


def test_a_point_is_padded_and_moved_and_mapped():
    f = FlowClassifier.random(resnet(4, 3, jax.random.key(0)), 4, 3, jax.random.key(1))
    x = jnp.array([0.3, -0.2])
    np.testing.assert_allclose(f(x), f.weight @ f.flow(jnp.array([0.3, -0.2, 0, 0])) + f.bias, rtol=1e-5)
    np.testing.assert_allclose(f.features(x), f.flow(f.start(x)), rtol=1e-5)


def test_layers_that_see_the_input_see_it():
    f = FlowClassifier.random(nais_net(3, 5, jax.random.key(0)), 3, 1, jax.random.key(1))
    x = jnp.array([0.3, -0.2])
    np.testing.assert_allclose(f.features(x), f.flow(f.start(x), f.start(x)), rtol=1e-6)


def test_a_point_with_too_many_coordinates_is_refused():
    f = FlowClassifier.random(resnet(2, 3, jax.random.key(0)), 2, 1, jax.random.key(1))
    with pytest.raises(ValueError, match="a point of at most 2 coordinates, got 3: take a wider flow"):
        f(jnp.ones(3))
