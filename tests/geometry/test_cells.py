"""Control volumes against another library's cotangents and against the heat equation on the sphere."""

import numpy as np
import pytest
from scipy.special import eval_legendre

from wellposed.geometry import Graph, Mesh, cotangent_law, graph_cells, mesh_cells
from wellposed.simulate import heat_on_graph, sphere, uneven_surface


def rotation(points):
    return np.stack([-points[:, 1], points[:, 0], np.zeros(len(points))], axis=1)


def laplacian(rates):
    return np.diag(rates.sum(1)) - rates


@pytest.mark.parametrize("shape", ["ellipsoid", "torus"])
def test_the_cotangent_law_gives_the_laplacian_of_another_library(shape):
    potpourri3d = pytest.importorskip("potpourri3d")
    mesh = Mesh.from_record(uneven_surface(shape, 80))
    found = laplacian(mesh_cells(mesh).rates(cotangent_law))
    np.testing.assert_allclose(found, potpourri3d.cotan_laplacian(mesh.positions, mesh.faces).toarray(), atol=1e-5)


def test_a_harmonic_of_the_sphere_decays_as_it_does_on_the_smooth_one():
    errors = []
    for refinements in (1, 2, 3):
        mesh = Mesh(*sphere(refinements))
        L, u = laplacian(mesh_cells(mesh).rates(cotangent_law)), eval_legendre(2, mesh.positions[:, 2])[:, None]
        want = np.exp(-6 * 0.1) * u
        found = heat_on_graph(L, mesh.areas, u, 0.1)
        errors.append(np.linalg.norm(found - want) / np.linalg.norm(want))
    assert errors[0] > 3 * errors[1] > 9 * errors[2]  # of second order


def test_upwind_rates_go_with_the_velocity_and_differ_by_the_flux():
    mesh = Mesh.from_record(uneven_surface("sphere", 80))
    rates, symmetric = mesh_cells(mesh, rotation).rates(cotangent_law), mesh_cells(mesh).rates(cotangent_law)
    middle = (mesh.positions[:, None] + mesh.positions[None]) / 2
    along = np.sum(
        rotation(middle.reshape(-1, 3)).reshape(middle.shape) * (mesh.positions[None] - mesh.positions[:, None]), -1
    )
    assert rates.min() >= 0
    np.testing.assert_allclose(rates - rates.T, symmetric * along, atol=1e-12)


def test_a_turn_of_the_sphere_is_found_by_the_upwind_fluxes():
    mesh = Mesh(*sphere(3))
    rates = mesh_cells(mesh, rotation).rates(cotangent_law)
    u = mesh.positions[:, 0]
    slope = (rates.T @ u - rates.sum(1) * u) / mesh.areas
    want = mesh.positions[:, 1]  # u(t) is x cos t + y sin t
    assert np.linalg.norm(slope - want) < 0.35 * np.linalg.norm(want)  # of first order, and so it blurs
    np.testing.assert_allclose(mesh.areas @ slope, 0, atol=1e-12)


def test_a_graph_with_a_velocity():
    pair = Graph.from_pairs(np.array([[0, 1]]), 2)
    cells = graph_cells(pair, np.array([[1.0, 0, 0], [1.0, 0.5, 0]]), 1.0, rotation)
    rates = cells.rates(lambda features: (features[..., 1] > 0) * features[..., 0])
    np.testing.assert_allclose(rates, [[0, 0.5], [0, 0]], atol=1e-12)  # speed 1 upwards, length 0.5


def test_a_surface_with_a_hole_is_refused():
    points, faces = sphere(1)
    with pytest.raises(ValueError, match="expects a closed surface"):
        mesh_cells(Mesh(points, faces[1:]))
