"""Tables: what goes out comes back, and every fault has its place named."""

import numpy as np
import pytest

from wellposed.errors import InputError
from wellposed.io import Table, read_table, write_table

VALUES = np.array([[1.5, -2.0], [0.25, 1e6], [3.0, 4.0]])


@pytest.mark.parametrize("suffix", [".csv", ".npy", ".h5"])
def test_comes_back(tmp_path, suffix):
    path = tmp_path / f"points{suffix}"
    write_table(path, Table(("a", "b"), VALUES))
    found = read_table(path)
    assert np.array_equal(found.values, VALUES)
    assert found.names == (("a", "b") if suffix == ".csv" else ("x1", "x2"))


def test_text_may_have_no_names_and_other_separators(tmp_path):
    path = tmp_path / "points.txt"
    path.write_text("1;2\n3;4\n\n")
    assert read_table(path) == (("x1", "x2"), pytest.approx(np.array([[1.0, 2.0], [3.0, 4.0]])))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b\n1,2\n3,nan\n", r"points.csv, row 2, column b: expected a finite number, found nan \(1 such rows\)"),
        ("a,b\n1,2\n3,x\n", "points.csv, line 3, column b: expected a number, found 'x'"),
        ("a,b\n1,2\n3\n", "points.csv, line 3: expected 2 cells, found 1"),
        ("a,b\n", "points.csv: expected numbers of shape"),
        ("", "points.csv: expected rows of numbers, found none"),
    ],
)
def test_a_fault_is_named_by_its_place(tmp_path, text, message):
    path = tmp_path / "points.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=message):
        read_table(path)


def test_arrays_are_checked_too(tmp_path):
    np.save(tmp_path / "line.npy", np.ones(3))
    with pytest.raises(InputError, match=r"line.npy: expected numbers of shape \(points, columns\)"):
        read_table(tmp_path / "line.npy")
    np.save(tmp_path / "hole.npy", np.array([[1.0, np.inf]]))
    with pytest.raises(InputError, match=r"hole.npy, row 1, column 2: expected a finite number, found inf"):
        read_table(tmp_path / "hole.npy")
    with pytest.raises(InputError, match="no such file"):
        read_table(tmp_path / "none.csv")
    (tmp_path / "table.xls").write_text("")
    with pytest.raises(InputError, match=r"found '.xls'"):
        read_table(tmp_path / "table.xls")
