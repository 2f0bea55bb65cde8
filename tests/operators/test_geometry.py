"""Geometries: the point that a line runs through is seen where the line says."""

import jax.numpy as jnp
import numpy as np
import pytest

from wellposed.operators import Fan, Parallel

GEOMETRIES = [Parallel(), Fan(40.0, 25.0)]


@pytest.mark.parametrize("geometry", GEOMETRIES)
def test_every_point_of_a_line_is_seen_at_its_detector(geometry):
    angle, u = jnp.array(0.7), jnp.array(5.0)
    px, py, ex, ey = geometry.line(angle, u)
    for along in (0.2, 0.5, 0.9):
        seen = geometry.seen_at(angle, px + along * ex, py + along * ey)
        np.testing.assert_allclose(seen, u, rtol=1e-4)


@pytest.mark.parametrize("geometry", GEOMETRIES)
def test_reach_bounds_the_step_of_a_neighbour(geometry):
    r, phi, angle = 12.0, jnp.linspace(0, 6.3, 50), jnp.array(1.3)
    x, y = r * jnp.cos(phi), r * jnp.sin(phi)
    steps = [geometry.seen_at(angle, x + dx, y + dy) - geometry.seen_at(angle, x, y) for dx, dy in ((1, 0), (0, 1))]
    assert float(jnp.abs(jnp.stack(steps)).max()) <= geometry.reach(r) + 1e-5


@pytest.mark.parametrize("geometry", GEOMETRIES)
def test_width_sees_the_disc_and_no_more(geometry):
    phi = jnp.linspace(0, 2 * jnp.pi, 2000)
    seen = geometry.seen_at(jnp.array(0.4), 9 * jnp.cos(phi), 9 * jnp.sin(phi))
    np.testing.assert_allclose(2 * jnp.abs(seen).max(), geometry.width(9.0), rtol=1e-4)


@pytest.mark.parametrize("arguments", [(0.0, 10.0), (10.0, -1.0)])
def test_fan_refuses_distances(arguments):
    with pytest.raises(ValueError, match="Fan expects source > 0"):
        Fan(*arguments)


def test_fan_refuses_a_source_inside_the_picture():
    with pytest.raises(ValueError, match="source outside of the picture"):
        Fan(10.0, 10.0).width(12.0)
