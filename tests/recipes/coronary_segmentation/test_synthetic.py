"""Synthetic scans: true walls from volumes are those of the vessel, whatever centreline they are seen from."""

import numpy as np

from wellposed.geometry import tube_coordinates
from wellposed.geometry.tube import interpolated
from wellposed.recipes.coronary_segmentation.inputs import rays_of
from wellposed.recipes.coronary_segmentation.judge import judge
from wellposed.recipes.coronary_segmentation.near import Near
from wellposed.recipes.coronary_segmentation.settings import Settings
from wellposed.recipes.coronary_segmentation.synthetic import NARROWED, synthetic
from wellposed.simulate.artery import draw_vessel

SETTINGS = Settings(around=24, step_mm=0.5)


def test_the_true_wall_is_that_of_the_vessel_and_its_voxels_are_the_lumen():
    scan = synthetic(SETTINGS, "test", 1)
    rays = rays_of(scan, SETTINGS)
    vessel = draw_vessel(np.random.default_rng([0, 2, 1]), NARROWED)
    assert rays.radius is not None
    assert 10 * vessel.radius * 0.3 < rays.radius.min() < rays.radius.max() < 10 * vessel.radius * 1.7
    score = judge(scan, rays, Near.of(scan, rays, SETTINGS), rays.radius)
    assert score["all"].dice > 0.97
    assert score["all"].hausdorff_mm == 0


def test_a_centreline_off_the_middle_gives_the_same_wall():
    """Points of one wall lie on the other."""
    middle, moved = (rays_of(synthetic(Settings(off_centre_mm=size), "test", 1), SETTINGS) for size in (0.0, 0.3))
    assert np.linalg.norm(middle.tube.line.points[:40] - moved.tube.line.points[:40], axis=1).max() > 0.2
    assert middle.radius is not None
    assert moved.radius is not None
    points = moved.tube.positions(moved.radius)
    at = tube_coordinates(middle.tube, points)
    off = np.abs(at.distance - interpolated(middle.tube, middle.radius, at.s, at.angle))[at.between]
    assert np.quantile(off, 0.95) < 0.05


def test_a_seed_has_its_scans_and_splits_differ():
    one, again, other = (synthetic(SETTINGS, split, 0) for split in ("train", "train", "test"))
    np.testing.assert_array_equal(one.volume, again.volume)
    assert one.volume.shape != other.volume.shape or not np.allclose(one.volume, other.volume)
