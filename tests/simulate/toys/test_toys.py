"""The seven densities: what their formulas say about their points."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from sklearn.datasets import make_circles, make_moons

from wellposed.metrics import mmd
from wellposed.simulate import TOYS, checkerboard, eight_gaussians, pinwheel, swissroll, two_arms

N = 4000


@pytest.fixture(params=TOYS)
def sampler(request):
    return TOYS[request.param]


def test_points_are_finite_in_the_plane_and_drawn_by_the_key(sampler):
    points = jax.jit(sampler, static_argnums=1)(jax.random.key(0), 50)
    assert points.shape == (50, 2)
    assert jnp.abs(points).max() < 6
    assert jnp.abs(points - sampler(jax.random.key(1), 50)).min() > 0


@pytest.mark.parametrize(
    ("name", "reference"),
    [
        ("circles", lambda: 3 * make_circles(N, factor=0.5, noise=0.08, random_state=0)[0]),
        ("moons", lambda: 2 * make_moons(N, noise=0.1, random_state=0)[0] + np.array([[-1.0, -0.2]])),
    ],
)
def test_is_the_published_density(name, reference):
    found = mmd(np.asarray(TOYS[name](jax.random.key(0), N))[np.random.default_rng(0).permutation(N)], reference())
    assert found.low < 1e-3
    assert abs(found.mean) < 2e-3


def test_gaussians_lie_on_their_circle():
    points = eight_gaussians(jax.random.key(0), N) * 1.414
    turned = jnp.arctan2(points[:, 1], points[:, 0]) * 4 / jnp.pi
    assert jnp.abs(jnp.linalg.norm(points, axis=1).mean() - 4) < 0.1
    assert jnp.bincount(jnp.round(turned).astype(int) % 8).min() > N / 10


def test_points_lie_on_black_fields():
    columns, rows = jnp.floor(checkerboard(jax.random.key(0), N) / 2).T.astype(int)
    assert ((columns + rows) % 2 == 0).all()
    assert len(np.unique(np.stack([columns, rows]), axis=1).T) == 8


def test_the_roll_and_the_arms_follow_their_angle():
    roll = swissroll(jax.random.key(0), N) * 5
    radius = jnp.linalg.norm(roll, axis=1)
    turns = (radius - jnp.arctan2(roll[:, 1], roll[:, 0])) / (2 * jnp.pi)
    assert jnp.mean(jnp.abs(turns - jnp.round(turns))) < 0.17  # 0.25 for angles that know nothing of the radius
    assert jnp.linalg.norm(two_arms(jax.random.key(0), N).mean(0)) < 0.1


def test_a_pinwheel_has_five_arms():
    points = pinwheel(jax.random.key(0), N)
    c, s = jnp.cos(2 * jnp.pi / 5), jnp.sin(2 * jnp.pi / 5)
    rotated = points @ jnp.array([[c, s], [-s, c]])
    assert abs(mmd(np.asarray(points), np.asarray(rotated)).mean) < 2e-3
