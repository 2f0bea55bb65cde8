"""Stacks of sections."""

import numpy as np

from wellposed.simulate.artery import Lumen, disc, elements
from wellposed.simulate.artery.prisms import mantle, stacked


def test_a_stack_fills_the_cylinder_and_its_mantle_looks_outwards():
    section = disc(12)
    size = section.points.shape[0]
    ids = np.arange(3 * size).reshape(3, size)
    points = np.concatenate([np.insert(section.points, 2, z, axis=1) for z in (0.0, 0.5, 2.0)])
    none, wall = np.zeros((0, 3), int), mantle(12, ids)
    volume = elements(Lumen(points, stacked(section, ids), wall, none, none)).volume
    np.testing.assert_allclose(volume.sum(), 2 * np.pi)
    corner = points[wall]
    normal = np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0])
    assert (normal * corner.mean(axis=1)).sum(axis=1).min() > 0
    assert len(wall) == 48
