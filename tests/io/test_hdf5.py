import h5py
import numpy as np
import pytest

from wellposed.errors import InputError
from wellposed.io.hdf5 import hdf5_stack, read_hdf5


def test_a_field_in_a_group(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["train/x"] = np.arange(24.0).reshape(2, 3, 4)
        file["train/label"] = np.arange(2)
        file["name"] = "text"
    np.testing.assert_array_equal(read_hdf5(tmp_path / "a.h5", "train/x"), np.arange(24.0).reshape(2, 3, 4))
    assert len(hdf5_stack(tmp_path / "a.h5", None).images) == 2  # the only one that fits


def test_missing_field_names_those_found(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["train/x"] = np.zeros((2, 3))
    with pytest.raises(InputError, match=r"expected a field 'y', found train/x \(2, 3\)"):
        read_hdf5(tmp_path / "a.h5", "y")


def test_ambiguous_fields(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["x"], file["y"] = np.zeros((2, 3)), np.zeros((2, 3))
    with pytest.raises(InputError, match=r"found 2 that fit \(x \(2, 3\), y \(2, 3\)\): name one, as a\.h5:x"):
        read_hdf5(tmp_path / "a.h5")


def test_truncated_or_other_content(tmp_path, truncate):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["x"] = np.zeros((50, 50))
    with pytest.raises(InputError, match=r"a\.h5: expected a whole HDF5 file, found a damaged or other one \(.*trunc"):
        read_hdf5(truncate(tmp_path / "a.h5"))
    (tmp_path / "a.h5").write_text("text")
    with pytest.raises(InputError, match="expected a whole HDF5 file, found a damaged or other one"):
        read_hdf5(tmp_path / "a.h5")


def test_an_empty_file(tmp_path):
    h5py.File(tmp_path / "a.h5", "w").close()
    with pytest.raises(InputError, match="found no field at all"):
        read_hdf5(tmp_path / "a.h5")
