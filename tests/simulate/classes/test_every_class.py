"""Every set of labelled points: its shape, its chance, its balance, and what its definition says of the places."""

import inspect

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import wellposed.simulate as sim

CLASSES = {"donut_1d": 2, "donut_2d": 2, "squares": 2, "two_spirals": 2, "swiss_roll": 2, "circles": 2, "peaks": 5}
N = 400


@pytest.fixture(params=CLASSES)
def name(request):
    return request.param


def test_all_are_here():
    public = (getattr(sim, name) for name in dir(sim))
    here = {f.__name__ for f in public if inspect.isfunction(f) and ".classes." in f.__module__}
    assert here - {"peaks_height"} == set(CLASSES)


def test_points_and_balanced_labels(name):
    points, labels = getattr(sim, name)(jax.random.key(0), N)
    assert points.shape == (N, 2)
    assert np.isfinite(points).all()
    assert np.abs(points).max() < 1.5
    counts = np.bincount(labels)
    assert len(counts) == CLASSES[name]
    slack = 5 * np.sqrt(N) / 2 if name == "squares" else 1  # its classes are drawn
    assert counts.max() - counts.min() <= slack


def test_a_key_is_a_sample(name):
    draw = getattr(sim, name)
    np.testing.assert_array_equal(draw(jax.random.key(1), 10).points, draw(jax.random.key(1), 10).points)
    assert np.abs(draw(jax.random.key(1), 10).points - draw(jax.random.key(2), 10).points).max() > 0.01


def test_the_donuts_have_their_radii():
    points, labels = sim.donut_2d(jax.random.key(0), 4000, noise=0.0)
    r = np.linalg.norm(points, axis=1)
    assert r[labels == 1].mean() == pytest.approx(0.5, abs=0.01)
    assert r[labels == 0].mean() == pytest.approx(0.1 * np.sqrt(2 / np.pi), abs=0.01)  # |N(0, 0.1^2)|
    flat, _ = sim.donut_1d(jax.random.key(0), 4000, noise=0.0)
    assert np.abs(flat[:, 1]).max() == 0
    assert abs(float(flat[:, 0].mean())) < 0.02


def test_the_arms_of_the_spirals_are_opposite():
    points, labels = sim.two_spirals(jax.random.key(0), 200, noise=0.0)
    r, angle = np.linalg.norm(points, axis=1), np.arctan2(points[:, 1], points[:, 0])
    turn = (angle - 2 * np.pi * r - np.pi * np.asarray(labels) + np.pi) % (2 * np.pi) - np.pi
    assert np.abs(turn[r > 0.05]).max() < 1e-3


def test_the_layers_of_the_roll_lie_apart():
    points, labels = sim.swiss_roll(jax.random.key(0), 1000)
    a, b = np.asarray(points)[labels == 0], np.asarray(points)[labels == 1]
    gap = np.linalg.norm(a[:, None] - b[None], axis=2).min()
    assert 0.1 < gap <= 0.25


def test_the_peaks_are_those_of_the_landscape():
    """Its published extremes: 8.1062 near (-0.009, 1.581) and -6.5511 near (0.228, -1.626)."""
    assert float(sim.peaks_height(jnp.array(-0.0093), jnp.array(1.5814))) == pytest.approx(8.1062, abs=1e-3)
    assert float(sim.peaks_height(jnp.array(0.2283), jnp.array(-1.6255))) == pytest.approx(-6.5511, abs=1e-3)
    points, labels = sim.peaks(jax.random.key(0), N)
    height = sim.peaks_height(3 * points[:, 0], 3 * points[:, 1])
    assert np.diff([height[labels == c].mean() for c in range(5)]).min() > 1
