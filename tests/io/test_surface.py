"""Surfaces in files: there and back in each format, and a sentence for each fault."""

import sys

import numpy as np
import pytest

from wellposed.errors import InputError
from wellposed.io import SurfaceRecord, read_mesh, write_mesh

POINTS = np.array([[0.0, 0, 0], [2, 0, 0], [0, 2, 0], [0, 0, 2]])
FACES = np.array([[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]])
FIELDS = {"wss": np.arange(12.0).reshape(4, 3), "pressure": np.arange(4.0)}
SOLID = SurfaceRecord(POINTS, FACES, FIELDS)


@pytest.mark.parametrize("suffix", [".vtu", ".vtp", ".ply", ".obj", ".stl", ".vtk"])
def test_there_and_back(suffix, tmp_path):
    path = tmp_path / f"solid{suffix}"
    write_mesh(path, SOLID)
    back = read_mesh(path)
    assert sorted(map(tuple, back.points)) == sorted(map(tuple, POINTS))
    corners = lambda r: sorted(tuple(sorted(map(tuple, r.points[face]))) for face in r.triangles)
    assert corners(back) == corners(SOLID)
    if suffix in (".vtu", ".vtp", ".vtk"):
        np.testing.assert_allclose(back.fields["wss"], FIELDS["wss"])
        np.testing.assert_allclose(back.fields["pressure"], FIELDS["pressure"])
    if suffix == ".ply":
        np.testing.assert_allclose(back.fields["wss_1"], FIELDS["wss"][:, 1])


def test_the_unit_is_converted_to_centimetres(tmp_path):
    write_mesh(tmp_path / "a.ply", SOLID)
    np.testing.assert_allclose(read_mesh(tmp_path / "a.ply", unit="mm").points, POINTS / 10, rtol=1e-6)


def test_a_polygon_in_a_vtp_becomes_triangles(tmp_path):
    import pyvista

    pyvista.PolyData(np.array([[0.0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]]), [4, 0, 1, 2, 3]).save(tmp_path / "q.vtp")
    assert len(read_mesh(tmp_path / "q.vtp").triangles) == 2


def test_a_volume_mesh_a_wrong_suffix_and_a_damaged_file_are_named(tmp_path, truncate):
    import meshio

    meshio.Mesh(POINTS, [("tetra", np.array([[0, 1, 2, 3]]))]).write(tmp_path / "v.vtu")
    with pytest.raises(InputError, match="found cells of kind tetra"):
        read_mesh(tmp_path / "v.vtu")
    with pytest.raises(InputError, match="no such file"):
        read_mesh(tmp_path / "none.vtu")
    (tmp_path / "a.txt").write_text("x")
    with pytest.raises(InputError, match=r"the suffix '\.txt'"):
        read_mesh(tmp_path / "a.txt")
    with pytest.raises(InputError, match=r"expected \.vtu, \.vtk, \.ply, \.obj, \.stl or \.vtp"):
        write_mesh(tmp_path / "b.txt", SOLID)
    for suffix in (".vtu", ".ply"):
        write_mesh(tmp_path / f"w{suffix}", SOLID)
        with pytest.raises(InputError, match="damaged or other one"):
            read_mesh(truncate(tmp_path / f"w{suffix}", 0.4))


@pytest.mark.parametrize(("suffix", "library"), [(".ply", "meshio"), (".vtp", "pyvista")])
def test_a_missing_library_names_its_extra(suffix, library, tmp_path, monkeypatch):
    (tmp_path / f"a{suffix}").write_text("x")
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(InputError, match=rf"needs {library}.*pip install 'wellposed\[mesh\]'"):
        read_mesh(tmp_path / f"a{suffix}")


def test_quads_beside_triangles_are_not_dropped(tmp_path):
    import meshio

    points = np.array([[0.0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0], [2, 0, 0]])
    cells = {"quad": np.array([[0, 1, 2, 3]]), "triangle": np.array([[1, 4, 2]])}
    meshio.Mesh(points, cells).write(tmp_path / "mixed.vtu")
    with pytest.raises(InputError, match=r"mixed\.vtu: expected triangles alone, found cells of kind quad"):
        read_mesh(tmp_path / "mixed.vtu")


def test_truth_values_are_written_as_numbers(tmp_path):
    faces = np.array([[0, 1, 2], [0, 2, 3], [0, 3, 1], [1, 3, 2]])
    write_mesh(tmp_path / "a.vtu", SurfaceRecord(POINTS, faces, {"inlet": np.array([True, False, True, False])}))
    assert read_mesh(tmp_path / "a.vtu").fields["inlet"].tolist() == [1, 0, 1, 0]


def test_a_face_that_is_turned_over_is_refused(tmp_path):
    faces = np.array([[0, 1, 2], [0, 2, 3], [0, 3, 1], [1, 2, 3]])
    write_mesh(tmp_path / "a.vtu", SurfaceRecord(POINTS, faces))
    with pytest.raises(InputError, match=r"counterclockwise seen from outside, found 3 edges"):
        read_mesh(tmp_path / "a.vtu")
