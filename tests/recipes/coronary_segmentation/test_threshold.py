"""The baseline on volumes whose lumen is known."""

import numpy as np
import pytest

from wellposed.recipes.coronary_segmentation.inputs import rays_of
from wellposed.recipes.coronary_segmentation.near import Near
from wellposed.recipes.coronary_segmentation.scan import Scan, level_of
from wellposed.recipes.coronary_segmentation.settings import Settings
from wellposed.recipes.coronary_segmentation.threshold import (
    HU,
    SHARE,
    Window,
    best_window,
    connected,
    threshold_radius,
)

SETTINGS = Settings(around=16, step_mm=1.0, samples=17)
RADIUS, STEP = 1.5, 0.4
X, Y = 8.13, 8.07  # on no line of voxels, so that no two windows are as good


def scan(bright=400.0, crust=0.0):
    """A pipe along z whose attenuation falls over 1 mm, and a bright vessel beside it that does not touch it."""
    grid = STEP * np.stack(np.meshgrid(*map(np.arange, (40, 40, 30)), indexing="ij"), axis=-1)
    distance = np.hypot(grid[..., 0] - X, grid[..., 1] - Y)
    volume = bright * np.clip(0.5 - (distance - RADIUS), 0, 1)
    volume = np.where(np.hypot(grid[..., 0] - X - 3.4, grid[..., 1] - Y) < 0.9, bright, volume)
    side = (grid[..., 0] > X) & (np.abs(distance - RADIUS - 0.3) < 0.3)
    volume = np.where(side & (crust > 0), crust, volume).astype(np.float32)
    points = np.array([[X, Y, 2], [X, Y, 6], [X, Y, 10]])
    lumen = distance < RADIUS
    return Scan("pipe", volume, np.diag([STEP] * 3 + [1.0]), points, lumen, level_of(lumen, np.full(3, STEP)))


def made(one):
    rays = rays_of(one, SETTINGS)
    return one, rays, Near.of(one, rays, SETTINGS)


def test_half_of_the_attenuation_lies_on_the_wall_and_the_vessel_beside_is_left_out():
    one, rays, near = made(scan())
    for window in (Window(HU, 200.0, np.inf), Window(SHARE, 0.5, np.inf)):
        found = connected(one, rays, near, window)
        np.testing.assert_array_equal(found, near.values(one.volume > 200) & (near.at.distance < 2.2))
        np.testing.assert_allclose(threshold_radius(one, rays, near, window, SETTINGS), RADIUS, atol=0.05)


def test_an_upper_bound_leaves_a_calcification_out():
    one, rays, near = made(scan(crust=900.0))
    without = threshold_radius(one, rays, near, Window(HU, 200.0, np.inf), SETTINGS)
    bounded = threshold_radius(one, rays, near, Window(HU, 200.0, 500.0), SETTINGS)
    assert without.max() > RADIUS + 0.4
    assert bounded.max() < RADIUS + 0.2


def test_the_window_is_the_best_of_all():
    several = [made(scan()), made(scan(bright=300.0))]
    window = best_window(SHARE, several)
    assert window.low == pytest.approx(0.5, abs=0.05)
    assert best_window(HU, several[:1]).low == pytest.approx(200.0, abs=25)


def test_a_centreline_in_the_dark_finds_nothing():
    one, rays, near = made(scan())
    assert not connected(one, rays, near, Window(HU, 900.0, np.inf)).any()
    assert threshold_radius(one, rays, near, Window(HU, 900.0, np.inf), SETTINGS).max() == 0
