"""Frames are orthonormal, turn with the mesh, and change the gauge by an angle."""

import numpy as np
from toy_surfaces import neighbour, rotation, sphere

from wellposed.geometry import tangent_frames, turned

MESH = sphere(1)
TOWARDS = neighbour(MESH)


def test_orthonormal_and_right_handed():
    frames = tangent_frames(MESH.positions, MESH.normals, TOWARDS)
    np.testing.assert_allclose(frames @ frames.swapaxes(1, 2), np.tile(np.eye(3), (MESH.vertices, 1, 1)), atol=1e-12)
    np.testing.assert_allclose(np.linalg.det(frames), 1)


def test_frames_turn_with_the_mesh():
    turn = rotation()
    there = MESH.moved(turn, np.ones(3))
    frames = tangent_frames(MESH.positions, MESH.normals, TOWARDS)
    moved = tangent_frames(there.positions, there.normals, TOWARDS)
    np.testing.assert_allclose(moved, frames @ turn.T[None], atol=1e-12)


def test_a_neighbour_along_the_normal_leaves_a_frame():
    up = np.array([[0.0, 0, 1], [0, 0, 1]])
    frames = tangent_frames(np.array([[0.0, 0, 0], [0, 0, 1]]), up, np.array([1, 0]))
    np.testing.assert_allclose(frames @ frames.swapaxes(1, 2), np.tile(np.eye(3), (2, 1, 1)), atol=1e-12)


def test_two_turns_add_up():
    frames = tangent_frames(MESH.positions, MESH.normals, TOWARDS)
    a, b = np.random.default_rng(0).uniform(-3, 3, (2, MESH.vertices))
    np.testing.assert_allclose(turned(turned(frames, a), b), turned(frames, a + b), atol=1e-12)
