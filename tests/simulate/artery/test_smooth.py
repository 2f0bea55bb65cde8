"""Smoothing of a wall."""

import numpy as np

from wellposed.simulate.artery import Vessel, elements, swept_lumen
from wellposed.simulate.artery.smooth import smoothed


def test_a_dent_is_smoothed_and_the_ends_stay():
    swept = swept_lumen(Vessel(0.15, 0.6, inlet_extension=0.0, outlet_extension=0.0), 24)
    lumen, size = swept.lumen, swept.disc.points.shape[0]
    dent, middle = lumen.points.copy(), (swept.s.size // 2) * size
    dent[middle, :2] *= 0.97
    found = smoothed(lumen._replace(points=dent), np.sin(np.pi * dent[:, 2] / 0.6) ** 2, sweeps=20)
    left = lambda points: abs(np.hypot(*points[middle, :2]) - np.hypot(*points[middle + 12, :2]))
    assert left(found) < 0.3 * left(dent)
    ends = np.union1d(lumen.inlet, lumen.outlet)
    np.testing.assert_array_equal(found[ends], dent[ends])
    volume = [elements(lumen._replace(points=p)).volume.sum() for p in (lumen.points, found)]
    assert abs(volume[1] / volume[0] - 1) < 0.01


def test_what_may_not_move_stays():
    swept = swept_lumen(Vessel(0.15, 0.6), 12)
    np.testing.assert_array_equal(smoothed(swept.lumen, np.zeros(len(swept.lumen.points))), swept.lumen.points)
