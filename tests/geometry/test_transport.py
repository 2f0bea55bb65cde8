"""Parallel transport: trivial in the plane, the angle excess on a sphere, and exact under a change of gauge."""

import numpy as np
from toy_surfaces import neighbour, rotation, sphere

from wellposed.geometry import connection_angles, tangent_frames, turned


def unit(v):
    return v / np.linalg.norm(v)


def frame_at(point, towards):
    x = unit(towards - (towards @ point) * point)
    return np.stack([x, np.cross(point, x), point])


def test_around_a_triangle_of_a_sphere_a_vector_turns_by_the_area():
    corners = [unit(np.array(v)) for v in ([1, 0.2, 0], [0.1, 1, 0.3], [0, 0.1, 1])]
    frames = np.stack([frame_at(p, np.array([0.3, -0.7, 0.5])) for p in corners])
    around = connection_angles(frames, np.array([0, 1, 2]), np.array([1, 2, 0])).sum()
    a, b, c = corners
    area = 2 * np.arctan2(a @ np.cross(b, c), 1 + a @ b + b @ c + c @ a)
    np.testing.assert_allclose(np.exp(1j * around), np.exp(1j * area), atol=1e-12)


def test_there_and_back_is_nothing():
    mesh = sphere(1)
    frames = tangent_frames(mesh.positions, mesh.normals, neighbour(mesh))
    source, target = mesh.graph().source, mesh.graph().target
    there, back = connection_angles(frames, source, target), connection_angles(frames, target, source)
    np.testing.assert_allclose(np.exp(1j * (there + back)), 1, atol=1e-12)


def test_another_gauge_changes_the_angle_by_those_of_both_ends():
    mesh = sphere(1)
    frames = tangent_frames(mesh.positions, mesh.normals, neighbour(mesh))
    angle = np.random.default_rng(0).uniform(-3, 3, mesh.vertices)
    source, target = mesh.graph().source, mesh.graph().target
    before, after = (connection_angles(f, source, target) for f in (frames, turned(frames, angle)))
    np.testing.assert_allclose(np.exp(1j * after), np.exp(1j * (before + angle[source] - angle[target])), atol=1e-12)


def test_a_motion_changes_nothing():
    mesh, turn = sphere(1), rotation()
    frames = tangent_frames(mesh.positions, mesh.normals, neighbour(mesh))
    source, target = mesh.graph().source, mesh.graph().target
    a, b = (connection_angles(f, source, target) for f in (frames, frames @ turn.T[None]))
    np.testing.assert_allclose(np.exp(1j * a), np.exp(1j * b), atol=1e-12)


def test_opposite_normals_give_some_angle():
    frames = np.stack([np.eye(3), np.diag([1.0, -1, -1])])
    assert np.isfinite(connection_angles(frames, np.array([0]), np.array([1]))).all()
