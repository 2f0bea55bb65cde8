"""MATLAB files of both kinds, and what is wrong with others."""

import h5py
import numpy as np
import pytest
from scipy.io import savemat

from wellposed.errors import InputError
from wellposed.io import read_matlab

A = np.arange(6.0).reshape(2, 3)


def test_both_kinds_give_the_arrays_as_matlab_shows_them(tmp_path):
    savemat(tmp_path / "old.mat", {"a": A, "t": np.arange(3)})
    with h5py.File(tmp_path / "new.mat", "w") as file:
        file["a"] = A.T
    for name in ("old.mat", "new.mat"):
        np.testing.assert_array_equal(read_matlab(tmp_path / name, ["a"])["a"], A)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ({"b": A}, "expected a variable 'a', found b"),
        ({"a": np.array([np.nan])}, "expected finite numbers in 'a'"),
        ({"a": np.array(["word"])}, "expected finite numbers in 'a'"),
    ],
)
def test_a_variable_that_does_not_fit(tmp_path, content, sentence):
    savemat(tmp_path / "x.mat", content)
    with pytest.raises(InputError, match=sentence):
        read_matlab(tmp_path / "x.mat", ["a"])


def test_a_file_that_is_none(tmp_path):
    with pytest.raises(InputError, match="found no such file"):
        read_matlab(tmp_path / "x.mat", ["a"])
    (tmp_path / "x.mat").write_bytes(b"nothing")
    with pytest.raises(InputError, match="found another or a damaged one"):
        read_matlab(tmp_path / "x.mat", ["a"])
