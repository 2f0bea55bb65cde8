"""Tubes about curves: a straight one, a circle, a helix."""

import numpy as np
import pytest

from wellposed.geometry import Mesh, Tube, tube_tables

STRAIGHT = Tube.through(np.linspace(0, 1, 9)[:, None] * np.array([[0.0, 0.0, 4.0]]), 0.25, 16)


def helix(turns=1.5, points=200):
    t = np.linspace(0, 2 * np.pi * turns, points)
    return np.stack([3 * np.cos(t), 3 * np.sin(t), t], axis=1)


def test_rings_lie_at_equal_arc_lengths_of_a_helix():
    tube = Tube.through(helix(), 0.5, 8)
    length = 2 * np.pi * 1.5 * np.sqrt(10)  # of a helix of radius 3 and pitch 2 pi
    assert tube.rings == int(length / 0.5) + 1
    t = tube.line.s / np.sqrt(10)
    want = np.stack([3 * np.cos(t), 3 * np.sin(t), t], axis=1)
    np.testing.assert_allclose(tube.line.points, want, atol=2e-3)


def test_frames_are_orthonormal_and_do_not_rotate_about_the_curve():
    """The derivative of the first normal lies along the tangent; so the normal of a plane curve's plane stays."""
    for points in (helix(), np.stack([np.cos(x := np.linspace(0, 5, 99)), np.sin(x), 0 * x], axis=1)):
        tube = Tube.through(points, 0.02, 8)
        line = tube.line
        frames = np.stack([line.tangent, line.first, line.second], axis=1)
        np.testing.assert_allclose(frames @ frames.swapaxes(1, 2), np.broadcast_to(np.eye(3), frames.shape), atol=1e-9)
        np.testing.assert_allclose(np.linalg.det(frames), 1.0)
        slope = np.gradient(line.first, 0.02, axis=0)
        assert np.abs((slope * line.second).sum(axis=1))[2:-2].max() < 1e-3


def test_the_surface_has_the_area_of_a_cylinder_and_looks_outwards():
    mesh = Mesh(STRAIGHT.positions(np.full((STRAIGHT.rings, 16), 1.5)), STRAIGHT.faces())
    assert mesh.area == pytest.approx(32 * 1.5 * np.sin(np.pi / 16) * 4)  # of the prism
    outwards = STRAIGHT.directions.reshape(-1, 3)
    assert (mesh.normals * outwards).sum(axis=1).min() > 0.9


def test_a_tube_whose_rings_start_elsewhere_has_the_same_surface():
    radius = 1 + 0.3 * np.random.default_rng(0).random((STRAIGHT.rings, 16))
    turned = STRAIGHT.turned(5)
    same = turned.positions(np.roll(radius, -5, axis=1)).reshape(-1, 16, 3)
    np.testing.assert_allclose(same, np.roll(STRAIGHT.positions(radius).reshape(-1, 16, 3), -5, axis=1), atol=1e-12)


def test_a_finer_tube_keeps_the_rings_and_is_linear_between():
    radius = 1 + np.random.default_rng(0).random((STRAIGHT.rings, 16))
    fine, found = STRAIGHT.finer(radius, 2)
    np.testing.assert_allclose(found[::2, ::2], radius)
    np.testing.assert_allclose(found[1::2, ::2], (radius[1:] + radius[:-1]) / 2)
    np.testing.assert_allclose(found[::2, 1::2], (radius + np.roll(radius, -1, axis=1)) / 2)
    np.testing.assert_allclose(fine.line.points[::2], STRAIGHT.line.points, atol=1e-12)


def test_neighbours_are_those_of_the_grid():
    tables = tube_tables(4, 5, filled=6)
    assert tables.ring.degrees().tolist() == [2] * 20 + [0] * 10
    assert tables.along.degrees().tolist() == [1] * 5 + [2] * 10 + [1] * 5 + [0] * 10


@pytest.mark.parametrize(
    ("points", "around", "words"),
    [
        (np.zeros((1, 3)), 8, "at least 2 points"),
        (np.zeros((3, 3)), 8, "shortest step 0,"),
        (helix(), 2, "3 vertices around"),
        (helix() / 1e3, 8, "at least one step 0.5"),
    ],
)
def test_what_is_no_curve_is_refused(points, around, words):
    with pytest.raises(ValueError, match=words):
        Tube.through(points, 0.5, around)
