import h5netcdf
import h5py
import numpy as np
import pytest

from wellposed.errors import InputError
from wellposed.io import read_series

TABLE = "patient,hours,pulse,lactate\nb,2,3.5,\na,1,,7\nb,0.5,1.5,2.5\na,3,,\n\na,0.25,-1e0,NaN\n"


def check(series):
    assert series.ids == ("b", "a")
    assert series.names == ("pulse", "lactate")
    np.testing.assert_array_equal(series.ts, [[0.5, 2.0], [0.25, 1.0]])
    np.testing.assert_array_equal(series.values, [[[1.5, 2.5], [3.5, 0.0]], [[-1.0, 0.0], [0.0, 7.0]]])
    np.testing.assert_array_equal(series.mask, [[[True, True], [True, False]], [[True, False], [False, True]]])


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_csv(tmp_path, separator):
    path = tmp_path / "a.csv"
    path.write_text("\ufeff" + TABLE.replace(",", separator), encoding="utf-8")
    check(read_series(path))


def test_a_shorter_series_is_padded_with_its_last_time(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("id,t,x\n1,0,1\n1,1,2\n2,5,3\n")
    series = read_series(path)
    np.testing.assert_array_equal(series.ts, [[0, 1], [5, 5]])
    np.testing.assert_array_equal(series.mask[:, :, 0], [[True, True], [True, False]])


def test_netcdf_with_one_row_for_each_time(tmp_path):
    path = tmp_path / "a.nc"
    with h5netcdf.File(path, "w") as file:
        file.dimensions = {"row": 5}
        columns = {
            "series": np.array(["b", "a", "b", "a", "a"], dtype=object),
            "time": np.array([2, 1, 0.5, 3, 0.25]),
            "pulse": np.array([3.5, -99, 1.5, -99, -1]),
            "lactate": np.array([np.nan, 7, 2.5, np.nan, np.nan]),
        }
        for name, column in columns.items():
            dtype = h5py.string_dtype() if name == "series" else None
            fill = -99.0 if name == "pulse" else None
            file.create_variable(name, ("row",), dtype=dtype or column.dtype, data=column, fillvalue=fill)
    check(read_series(path))


def test_padded_hdf5(tmp_path):
    path = tmp_path / "a.h5"
    nan = np.nan
    with h5py.File(path, "w") as file:
        file["time"] = [[0.5, 2.0, nan], [0.25, 1.0, 3.0]]
        file["values"] = [[[1.5, 2.5], [3.5, nan], [nan, nan]], [[-1.0, nan], [nan, 7.0], [nan, nan]]]
        file["series"] = ["b", "a"]
    check(read_series(path)._replace(names=("pulse", "lactate")))


def test_padded_with_common_times_and_one_value(tmp_path):
    path = tmp_path / "a.h5"
    with h5py.File(path, "w") as file:
        file["time"] = [0.0, 1.0]
        file["values"] = [[1.0, 2.0], [np.nan, 4.0]]
    series = read_series(path)
    assert series.ids == ("0", "1")
    np.testing.assert_array_equal(series.ts, [[0, 1], [1, 1]])


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("", "0 columns and 0 rows"),
        ("id,t,x\n", "3 columns and 0 rows"),
        ("id,t\n1,2\n", "2 columns"),
        ("id,t,x\n1,2\n", "line 2: expected 3 cells, found 2"),
        ("id,t,x\n1,2,high\n", "line 2, column x: expected a number or an empty cell, found 'high'"),
        ("id,t,x\n1,,5\n", "line 2: expected a finite time"),
        ("id,t,x\n1,0,inf\n", "line 2: expected a finite time and finite values"),
        ("id,t,x\n1,0,5\n1,0,6\n", "found 0 twice in series 1 .line 2 and line 3"),
        ("id,t,x\n1,0,\n", "at least one observation"),
    ],
)
def test_a_bad_table_is_refused_in_a_sentence(tmp_path, text, match):
    path = tmp_path / "a.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=match):
        read_series(path)


def test_other_files_are_refused(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        read_series(tmp_path / "a.csv")
    (tmp_path / "a.xlsx").write_bytes(b"PK")
    with pytest.raises(InputError, match=r"found '\.xlsx'"):
        read_series(tmp_path / "a.xlsx")
    (tmp_path / "a.nc").write_bytes(b"CDF\x01")
    with pytest.raises(InputError, match="NetCDF-4 or HDF5"):
        read_series(tmp_path / "a.nc")
    (tmp_path / "a.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="UTF-8"):
        read_series(tmp_path / "a.csv")


@pytest.mark.parametrize(
    ("arrays", "match"),
    [
        ({"x": np.zeros(3)}, r"variable 'time'.*found x \(3,\)"),
        ({"time": np.zeros(3), "x": np.zeros(3)}, "expected 'series', 'time'"),
        ({"time": np.zeros(3), "values": np.zeros((2, 4))}, r"\(2, 4\) and \(3,\)"),
        ({"time": np.zeros(2), "values": np.zeros((2, 2)), "series": np.ones(2)}, "one twice"),
        ({"time": np.zeros(2), "values": np.zeros((2, 2)), "series": np.ones(3)}, "2 names"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(tmp_path, arrays, match):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        for name, array in arrays.items():
            file[name] = array
    with pytest.raises(InputError, match=match):
        read_series(tmp_path / "a.h5")
