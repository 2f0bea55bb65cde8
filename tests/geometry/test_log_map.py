"""Log maps: exact in the plane, close to great circles on a sphere, and unmoved by motions."""

import numpy as np
from toy_surfaces import neighbour, rotation, sheet, sphere

from wellposed.geometry import geodesic_log_map, projected_log_map, tangent_frames


def of(mesh):
    return tangent_frames(mesh.positions, mesh.normals, neighbour(mesh))


def test_the_plane_is_its_own_tangent_plane():
    mesh = sheet()
    source, target = mesh.graph().source, mesh.graph().target
    frames = of(mesh)
    r, theta = projected_log_map(mesh.positions, frames, source, target)
    back = r[:, None] * (np.cos(theta)[:, None] * frames[target, 0] + np.sin(theta)[:, None] * frames[target, 1])
    np.testing.assert_allclose(mesh.positions[target] + back, mesh.positions[source], atol=1e-12)


def test_a_motion_changes_nothing():
    mesh = sphere(1)
    there = mesh.moved(rotation(), np.ones(3))
    source, target = mesh.graph().source, mesh.graph().target
    for a, b in zip(*(projected_log_map(m.positions, of(m), source, target) for m in (mesh, there)), strict=True):
        np.testing.assert_allclose(np.exp(1j * a), np.exp(1j * b), atol=1e-10)


def test_the_geodesic_map_of_a_sphere_has_the_lengths_of_great_circles():
    mesh = sphere(3)
    frames = of(mesh)
    r, theta = geodesic_log_map(mesh, frames, 5)
    near = np.flatnonzero((np.arccos(np.clip(mesh.positions @ mesh.positions[5], -1, 1)) < 1) & (r > 1e-6))
    arc = np.arccos(np.clip(mesh.positions[near] @ mesh.positions[5], -1, 1))
    np.testing.assert_allclose(r[near], arc, rtol=0.05)
    _, projected = projected_log_map(mesh.positions, frames, near, np.full(len(near), 5))
    np.testing.assert_allclose(np.exp(1j * theta[near]), np.exp(1j * projected), atol=0.05)
