"""Areas and normals of surfaces whose are known."""

import numpy as np
from toy_surfaces import rotation, sheet, sphere, tube

from wellposed.geometry import Mesh


def test_a_sphere_has_the_area_and_the_normals_of_a_sphere():
    mesh = sphere(3, radius=2.0)
    np.testing.assert_allclose(mesh.area, 16 * np.pi, rtol=5e-3)
    assert np.abs(np.sum(mesh.normals * mesh.positions, axis=1) / 2 - 1).max() < 2e-3
    assert len(mesh.edges) == 3 * (mesh.vertices - 2)  # Euler's formula


def test_a_flat_sheet():
    mesh = sheet()
    np.testing.assert_allclose(mesh.normals, np.tile([0.0, 0, 1], (64, 1)), atol=1e-12)
    np.testing.assert_allclose(mesh.area, 1)
    assert mesh.graph().table().degrees().max() == 6


def test_the_normals_of_a_tube_point_outwards():
    mesh = tube()
    assert np.sum(mesh.normals[:, 1:] * mesh.positions[:, 1:], axis=1).min() > 0


def test_a_motion_turns_normals_and_vector_fields():
    mesh, turn = sphere(1), rotation()
    field = Mesh(mesh.positions, mesh.faces, {"force": mesh.normals, "heat": mesh.areas})
    moved = field.moved(turn, np.array([1.0, 2, 3]))
    np.testing.assert_allclose(moved.normals, mesh.normals @ turn.T, atol=1e-12)
    np.testing.assert_allclose(moved.fields["force"], moved.normals, atol=1e-12)
    np.testing.assert_array_equal(moved.fields["heat"], mesh.areas)


def test_renumbering_moves_what_lies_at_the_vertices():
    mesh = sphere(1)
    order = np.random.default_rng(0).permutation(mesh.vertices)
    np.testing.assert_allclose(mesh.renumbered(order).areas, mesh.areas[order], rtol=1e-12)


def test_a_record_goes_there_and_back():
    mesh = sphere(0)
    same = Mesh.from_record(mesh.record())
    np.testing.assert_array_equal(same.faces, mesh.faces)
