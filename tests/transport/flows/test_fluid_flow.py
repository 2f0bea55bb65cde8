"""The match of clouds: the energy distance against its closed form in one dimension."""

import jax
import jax.numpy as jnp
import numpy as np
import scipy.stats

from wellposed.transport.flows.fluid_flow import energy_distance


def test_the_energy_distance_is_that_of_the_distribution_functions():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(2, 1500, 1)) + np.array([[[0.0]], [[1.0]]])
    found = float(energy_distance(jnp.asarray(x), jnp.asarray(y)))
    assert abs(found - scipy.stats.energy_distance(x[:, 0], y[:, 0]) ** 2) < 0.01


def test_points_that_meet_have_a_finite_slope():
    slope = jax.grad(lambda x: energy_distance(x, jnp.zeros((3, 2))))(jnp.zeros((3, 2)))
    assert jnp.isfinite(slope).all()
