"""Faces and edges as graphs, on surfaces whose neighbours and angles are known."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from toy_surfaces import sheet, sphere

from wellposed.geometry import FaceSizes, Mesh, PrimalDualBlock, PrimalDualCNN, scales, with_faces
from wellposed.nn import gather_sum

TETRAHEDRON = Mesh(
    np.array([[1.0, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]]),
    np.array([[0, 1, 2], [0, 3, 1], [0, 2, 3], [1, 3, 2]]),
)


def faces_of(mesh, sizes=None):
    faces = with_faces(scales(mesh, (1.0,)).arrays(), mesh, sizes).faces
    assert faces is not None
    return faces


def test_the_graphs_of_a_closed_surface():
    mesh = sphere(1)
    faces = faces_of(mesh)
    assert (len(mesh.faces), len(mesh.edges)) == (80, 120)
    assert faces.primal.degrees().tolist() == [3] * 80
    assert faces.dual.degrees().tolist() == [4] * 120
    assert faces.corners.degrees().tolist() == [3] * 80
    assert faces.ends.degrees().tolist() == [2] * 120
    np.testing.assert_array_equal(faces.around.degrees(), np.bincount(mesh.faces.ravel()))


def test_what_crosses_an_edge_comes_from_the_face_behind_it():
    """Each slot of the faces' table and its edge: both faces have both ends of the edge as corners."""
    mesh = sphere(1)
    faces = faces_of(mesh)
    edge = np.asarray(gather_sum(jnp.arange(120.0), faces.crossing)).astype(int)
    for slot in np.flatnonzero(np.asarray(faces.primal.filled)):
        both = mesh.faces[[int(faces.primal.source_of_slot[slot]), int(faces.primal.target_of_slot[slot])]]
        assert set(mesh.edges[edge[slot]]) == set(both[0]) & set(both[1])


def test_shapes_of_edges():
    shape = np.asarray(faces_of(TETRAHEDRON).shape)
    np.testing.assert_allclose(np.abs(shape[:, 0]), np.pi - np.arccos(1 / 3), rtol=1e-5)
    np.testing.assert_allclose(shape[:, 1:], 2 / 3**0.5, rtol=1e-5)
    assert (shape[:, 0] > 0).all()
    inside_out = Mesh(TETRAHEDRON.positions, TETRAHEDRON.faces[:, ::-1])
    assert (np.asarray(faces_of(inside_out).shape)[:, 0] < 0).all()
    flat = np.asarray(faces_of(sheet(4, 4)).shape)
    np.testing.assert_allclose(flat[:, 0], 0, atol=1e-6)


def test_room_to_spare_stays_empty():
    sizes = FaceSizes(*(size + 3 for size in FaceSizes.of(TETRAHEDRON)))
    faces = faces_of(TETRAHEDRON, sizes)
    assert faces.primal.degrees().tolist() == [3] * 4 + [0] * 3


def test_missing_faces_and_heads_are_named():
    net = PrimalDualCNN(2, 4, key=jax.random.key(0))
    with pytest.raises(ValueError, match="a surface with its faces"):
        net(jnp.ones((4, 2)), scales(TETRAHEDRON, (1.0,)).arrays())
    with pytest.raises(ValueError, match="2 heads divide, got 5"):
        PrimalDualBlock(5, key=jax.random.key(0))
