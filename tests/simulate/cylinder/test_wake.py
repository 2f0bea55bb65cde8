"""A coarse wake: laws that hold on any mesh."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from wellposed.simulate.cylinder import cylinder_wake, march, reflected, start, steady_flows, stream

COLUMNS, ROWS = (-6.0, -1.5, 1.5, 4.0, 8.0), (-5.0, -1.5, 1.5, 5.0)


@pytest.fixture(scope="module")
def wake():
    with jax.enable_x64(True):
        yield cylinder_wake(4, 0.05 / 60, COLUMNS, ROWS)


def swirl(p):
    x, y = p[..., 0], p[..., 1]
    e = np.exp(-((x - 2) ** 2) - y**2)
    return np.stack([1 - y * e, (x - 2) * e], axis=-1)


def test_a_mirror_twice_is_none(wake):
    flow = jax.random.normal(jax.random.key(0), (3, 2, *wake.mirror.shape))
    np.testing.assert_array_equal(reflected(reflected(flow, wake), wake), flow)
    x, y = jnp.moveaxis(jnp.asarray(wake.mesh.points), -1, 0)
    np.testing.assert_allclose(reflected(jnp.stack([x * y, y]), wake), jnp.stack([-x * y, y]), atol=1e-12)


def test_the_mirrored_flow_is_a_flow(wake):
    states = start(wake, swirl, 2)
    image = states._replace(velocity=reflected(states.velocity, wake), before=reflected(states.before, wake))
    there, image = (march(wake, s, np.asarray([40.0, 60.0]), 40) for s in (states, image))
    np.testing.assert_allclose(reflected(there.velocity, wake), image.velocity, atol=1e-9)
    assert float(jnp.abs(there.velocity - image.velocity).max()) > 0.01


def test_mass_is_conserved_and_flows_do_not_know_of_each_other(wake):
    both = march(wake, start(wake, swirl, 2), np.asarray([40.0, 60.0]), 40)
    alone = march(wake, start(wake, swirl, 1), np.asarray([60.0]), 40)
    np.testing.assert_allclose(both.velocity[1:], alone.velocity, atol=1e-10)
    np.testing.assert_allclose(both.time, 40 * wake.nu_dt * np.asarray([40.0, 60.0]))
    net = wake.flow.space.integral(wake.flow.space.divergence(both.velocity[1]))
    assert abs(float(net)) < 0.05  # of an inflow of 10, on a coarse mesh


def test_steady_flows_are_symmetric_at_rest_and_smooth_in_the_parameter(wake):
    few = steady_flows(wake, 20.0, 40.0, points=4, time=60.0)
    assert few.change.max() < 1e-4
    np.testing.assert_allclose(reflected(jnp.asarray(few.velocity), wake), few.velocity, atol=1e-12)
    np.testing.assert_allclose(few.at(few.reynolds[1:2]), few.velocity[1:2], atol=1e-12)
    states = start(wake, stream, 1)
    begin = few.at(np.asarray([34.0]))
    states = states._replace(velocity=begin, before=begin)
    later = march(wake, states, np.asarray([34.0]), 50)
    assert float(jnp.abs(later.velocity - begin).max()) < 2e-3
