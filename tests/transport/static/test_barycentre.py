"""Barycentres of Gaussians: the mean of the means, and the covariance of Bures."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from wellposed.transport import BarycentreResult, barycentre


def test_of_two_scaled_gaussians():
    """The barycentre of N(0, I) and N(4, 9 I) is N(2, 4 I): standard deviations average."""
    x = jax.random.normal(jax.random.key(0), (300, 2))
    found = barycentre([x, 3 * x + 4.0], jnp.array([0.5, 0.5]), 200, jax.random.key(1), epsilon=0.005)
    assert found.result is BarycentreResult.successful
    assert len(found.costs) == int(found.iterations)
    assert found.costs[-1] < found.costs[0]
    middle = np.asarray(found.points)
    np.testing.assert_allclose(middle.mean(0), 2.0, atol=0.2)
    np.testing.assert_allclose(middle.std(0), 2.0, rtol=0.1)


def test_bad_input_is_a_sentence():
    x = jnp.zeros((3, 2))
    with pytest.raises(ValueError, match=r"sets of one dimension, got \[1, 2\]"):
        barycentre([x, x[:, :1]], jnp.array([0.5, 0.5]), 2, jax.random.key(0))
    with pytest.raises(ValueError, match="2 weights with the sum 1"):
        barycentre([x, x], jnp.array([0.5, 0.6]), 2, jax.random.key(0))


def test_plans_that_do_not_converge_are_said():
    x = jax.random.normal(jax.random.key(0), (40, 2))
    with pytest.raises(RuntimeError, match="A plan to the points did not converge: raise epsilon"):
        barycentre([x, x + 100.0], jnp.array([0.5, 0.5]), 40, jax.random.key(1), epsilon=1e-7)
