"""The mesh of a single vessel."""

import numpy as np
import pytest

from wellposed.simulate.artery import Bend, Stenosis, Vessel, elements, flux, normals, swept_lumen

VESSEL = Vessel(0.15, 1.2, 0.1, (Bend(0.6, 0.4, 0.8, 1.0),), (Stenosis(0.6, 0.3, 0.3, 0.5),), 0.2, 0.3)


@pytest.fixture(scope="module")
def swept():
    return swept_lumen(VESSEL, 12)


def test_tetrahedra_fit_to_each_other_and_to_the_boundary(swept):
    lumen = swept.lumen
    sides = np.concatenate([np.delete(lumen.tets, k, axis=1) for k in range(4)])
    unique, times = np.unique(np.sort(sides, axis=1), axis=0, return_counts=True)
    assert set(times) == {1, 2}
    boundary = np.concatenate([lumen.wall, lumen.inlet, lumen.outlet])
    np.testing.assert_array_equal(unique[times == 1], np.unique(np.sort(boundary, axis=1), axis=0))


def test_the_boundary_looks_outwards(swept):
    lumen = swept.lumen
    boundary = np.concatenate([lumen.wall, lumen.inlet, lumen.outlet])
    area = normals(lumen.points, boundary)
    np.testing.assert_allclose(area.sum(axis=0), 0, atol=1e-14)
    inside = (lumen.points[boundary].mean(axis=1) * area).sum() / 3  # Gauss
    assert inside == pytest.approx(elements(lumen).volume.sum())
    assert normals(lumen.points, lumen.inlet)[:, 2].max() < 0


def test_a_tube_has_its_volume():
    tube = swept_lumen(Vessel(0.15, 1.0, inlet_extension=0.2, outlet_extension=0.3), 12)
    assert elements(tube.lumen).volume.sum() == pytest.approx(np.pi * 0.15**2 * 1.5)


def test_the_guess_has_the_flux_of_the_flow(swept):
    guess, size = swept.guess(2.0), swept.disc.points.shape[0]
    for k in (0, 10, swept.s.size - 1):
        section = swept.disc.anticlockwise + k * size
        assert flux(guess, swept.lumen.points, section) == pytest.approx(2.0, rel=0.1)
        assert np.linalg.norm(normals(swept.lumen.points, section).sum(axis=0)) == pytest.approx(
            swept.area[k], rel=0.01
        )


def test_sections_stand_at_both_ends_and_are_denser_in_the_throat(swept):
    assert np.isclose(swept.s, 0.0, atol=1e-9).any()
    assert np.isclose(swept.s, VESSEL.length, atol=1e-9).any()
    gap, middle = np.diff(swept.s), (swept.s[1:] + swept.s[:-1]) / 2
    assert gap[np.abs(middle - 0.6).argmin()] < 0.85 * gap[np.abs(middle - 0.1).argmin()]
    assert gap[-1] > gap[np.abs(middle - 1.15).argmin()]


def test_a_vessel_bent_beyond_its_radius_is_refused():
    knee = Vessel(0.15, 1.2, bends=(Bend(0.6, 0.1, 1.5, 0.0),))
    with pytest.raises(ValueError, match="bend the vessel less"):
        elements(swept_lumen(knee, 12).lumen)
