"""Voxels inside a tube: the volume of a cylinder and of a torus' part, in closed form."""

import numpy as np
import pytest

from wellposed.geometry import Tube, inside_tube, tube_coordinates, voxels_near

ANISOTROPIC = np.array([[-0.2, 0, 0, 6.0], [0, 0.25, 0, -6], [0, 0, 0.15, -3], [0, 0, 0, 1]])


def test_a_cylinder_has_its_volume_whatever_the_voxels():
    tube = Tube.through(np.array([[0.0, 0, 0], [0, 0, 3], [0, 0, 6]]), 0.5, 24)
    voxels, at = voxels_near((60, 50, 70), ANISOTROPIC, tube, 3.0)
    found = inside_tube(tube, np.full((tube.rings, 24), 2.0), at)
    assert found.sum() * 0.2 * 0.25 * 0.15 == pytest.approx(np.pi * 4 * 6, rel=0.02)
    z = voxels[:, 2] * 0.15 - 3
    assert z.min() >= 0
    assert z.max() <= 6


def test_a_bent_tube_has_the_volume_of_a_torus():
    t = np.linspace(0, 2, 60)
    tube = Tube.through(np.stack([4 * np.cos(t), 4 * np.sin(t), 0 * t], axis=1), 0.25, 24)
    affine = np.diag([0.1, 0.1, 0.1, 1.0])
    affine[:3, 3] = (-4, -2, -2)
    _, at = voxels_near((100, 80, 40), affine, tube, 1.5)
    found = inside_tube(tube, np.ones((tube.rings, 24)), at)
    assert found.sum() * 1e-3 == pytest.approx(np.pi * tube.line.s[-1], rel=0.02)  # Pappus


def test_angles_are_those_of_the_vertices():
    t = np.linspace(0, 2, 60)
    tube = Tube.through(np.stack([4 * np.cos(t), 4 * np.sin(t), 0.5 * t], axis=1), 0.25, 16)
    found = tube_coordinates(tube, tube.positions(np.full((tube.rings, 16), 0.7)))
    np.testing.assert_allclose(found.distance, 0.7, atol=2e-3)
    turn = found.angle.reshape(-1, 16) - tube.angles[None]
    assert np.abs((turn + np.pi) % (2 * np.pi) - np.pi).max() < 0.02
    assert (found.ring(tube).reshape(-1, 16) == np.arange(tube.rings)[:, None]).mean() > 0.99
