"""The layout of the published artery sets, there and back, and what may be wrong with it."""

from typing import Any

import h5py
import numpy as np
import pytest

from wellposed.errors import InputError
from wellposed.io import ArteryRecord, SurfaceRecord, read_arteries, write_arteries

POINTS = np.array([[0.0, 0, 0], [2, 0, 0], [0, 2, 0], [0, 0, 2]])
FACES = np.array([[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]])


def artery(name="sample-0000"):
    return ArteryRecord(name, SurfaceRecord(POINTS, FACES), np.ones((4, 3)), np.arange(4.0), np.array([1, 2]))


def test_there_and_back(tmp_path):
    write_arteries(tmp_path / "a.h5", [artery("sample-0001"), artery()])
    first, second = read_arteries(tmp_path / "a.h5")
    assert (first.name, second.name) == ("sample-0000", "sample-0001")
    np.testing.assert_array_equal(first.pressure, np.arange(4.0))
    np.testing.assert_array_equal(first.inlet, [1, 2])
    assert first.wss.shape == (4, 3)
    assert len(list(read_arteries(tmp_path / "a.h5", most=1))) == 1


def test_the_inlet_follows_when_a_lonely_vertex_goes(tmp_path):
    write_arteries(tmp_path / "a.h5", [artery()])
    with h5py.File(tmp_path / "a.h5", "a") as file:
        group: Any = file["sample-0000"]
        for key, row in {"pos": [[5, 5, 5]], "wss": [[0, 0, 0]], "pressure": [[7]]}.items():
            values = np.concatenate([np.array(row), group[key][()]])
            del group[key]
            group[key] = values
        faces = group["face"][()] + 1
        del group["face"]
        group["face"] = faces
    (found,) = read_arteries(tmp_path / "a.h5")
    np.testing.assert_array_equal(found.inlet, [0, 1])
    np.testing.assert_array_equal(found.pressure, np.arange(4.0))
    assert found.surface.notes == ("1 isolated vertices were removed",)


def test_faults_are_named(tmp_path):
    (tmp_path / "text.h5").write_text("x")
    with pytest.raises(InputError, match="none that opens"):
        next(read_arteries(tmp_path / "text.h5"))
    with h5py.File(tmp_path / "empty.h5", "w"):
        pass
    with pytest.raises(InputError, match="found none: choose a file of arteries"):
        next(read_arteries(tmp_path / "empty.h5"))
    with h5py.File(tmp_path / "b.h5", "w") as file:
        file.create_group("sample-0000")["pos"] = POINTS
    with pytest.raises(InputError, match=r"sample-0000: expected the fields pos.*found no face"):
        next(read_arteries(tmp_path / "b.h5"))
    write_arteries(tmp_path / "mm.h5", [artery()])
    with h5py.File(tmp_path / "mm.h5", "a") as file:
        pos: Any = file["sample-0000/pos"]
        pos[...] = 100 * POINTS
    with pytest.raises(InputError, match="its unit seems to be mm"):
        next(read_arteries(tmp_path / "mm.h5"))
