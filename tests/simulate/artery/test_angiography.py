"""Synthetic CT angiography."""

import numpy as np
import pytest

from wellposed.simulate.artery import (
    SCANNER,
    Scanners,
    Stenosis,
    Vessel,
    angiography,
    draw_vessel,
    elements,
    swept_lumen,
)

VESSEL = draw_vessel(np.random.default_rng([0, 2]))
CLEAN = SCANNER._replace(noise=0.0, calcifications=0)


@pytest.fixture(scope="module")
def scan():
    return angiography(VESSEL, np.random.default_rng(1), CLEAN)


def test_the_lumen_has_the_volume_of_the_mesh_and_its_contrast(scan):
    volume = elements(swept_lumen(VESSEL, 24).lumen).volume.sum()
    assert scan.lumen.sum() * scan.spacing**3 == pytest.approx(volume, rel=0.02)
    assert SCANNER.contrast[0] * 0.7 < scan.volume[scan.lumen].mean() < SCANNER.contrast[1]
    assert scan.volume[~scan.lumen].mean() < 120


def test_voxels_at_the_true_radius_lie_on_the_border(scan):
    """Along a ray from the centreline the attenuation falls through the middle between lumen and wall at the radius."""
    from scipy.ndimage import map_coordinates

    line, angles = scan.line, scan.angles
    ray = np.cos(angles)[None, :, None] * line.first[:, None] + np.sin(angles)[None, :, None] * line.second[:, None]
    at = lambda distance: map_coordinates(
        scan.volume, np.moveaxis((line.points[:, None] + distance[..., None] * ray - scan.origin) / scan.spacing, -1, 0)
    )
    inside, border, outside = (at(scan.radius + step)[5:-5] for step in (-0.06, 0.0, 0.06))
    assert (inside > border).mean() > 0.99
    assert (border > outside).mean() > 0.99
    assert 0.3 < np.median((border - outside) / (inside - outside)) < 0.7


def test_calcifications_lie_in_the_wall_at_the_stenosis():
    vessel = Vessel(0.15, 1.2, stenoses=(Stenosis(0.6, 0.3, 0.3, 0.8, 1.0),))
    sharp = CLEAN._replace(blur=1e-6, calcifications=4)
    scan = next(
        x for x in (angiography(vessel, np.random.default_rng(k), sharp) for k in range(9)) if x.volume.max() > 600
    )
    places = np.argwhere(scan.volume > 600) * scan.spacing + scan.origin
    assert len(places) > 3
    distance = np.hypot(places[:, 0], places[:, 1])
    assert (distance < 0.15 + SCANNER.wall[1] + 1e-9).all()
    assert not scan.lumen[scan.volume > 600].any()
    near = places[np.abs(places[:, 2] - 0.6) < 0.1]
    assert np.abs(np.arctan2(near[:, 1], near[:, 0]) - 1.0).min() < 0.5


def test_noise_has_its_size_and_a_seed_its_volume(scan):
    noisy = angiography(VESSEL, np.random.default_rng(1), CLEAN._replace(noise=25.0))
    assert (noisy.volume - scan.volume).std() == pytest.approx(25.0, rel=1e-6)
    again = angiography(VESSEL, np.random.default_rng(1), CLEAN)
    np.testing.assert_array_equal(again.volume, scan.volume)


def test_the_distance_from_the_lumen_is_that_of_a_straight_tube():
    vessel = Vessel(0.15, 1.0)
    scan = angiography(vessel, np.random.default_rng(0), CLEAN)
    at = scan.origin + scan.spacing * np.argwhere(np.ones(scan.volume.shape, bool))
    middle = (at[:, 2] > 0) & (at[:, 2] < 1)
    want = np.hypot(at[:, 0], at[:, 1]) - 0.15
    np.testing.assert_allclose(scan.outside.ravel()[middle], want[middle], atol=1e-4)


def test_diseased_is_where_the_stenosis_is_and_nowhere_else():
    vessel = Vessel(0.15, 1.2, stenoses=(Stenosis(0.4, 0.2, 0.4), Stenosis(0.9, 0.1, 0.1)))
    scan = angiography(vessel, np.random.default_rng(0), CLEAN)
    np.testing.assert_array_equal(scan.diseased, np.abs(scan.line.s - 0.4) < 0.2)


def test_drawn_scanners_differ_within_their_ranges():
    ranges = Scanners()
    drawn = [ranges.draw(np.random.default_rng(k)) for k in range(20)]
    for name in ("blur", "noise"):
        values = [getattr(one, name) for one in drawn]
        low, high = getattr(ranges, name)
        assert low <= min(values) < low + (high - low) / 3 < high - (high - low) / 3 < max(values) <= high
    assert all(one.contrast[0] == one.contrast[1] for one in drawn)
