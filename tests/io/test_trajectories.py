import h5netcdf
import h5py
import numpy as np
import pytest

from wellposed.errors import InputError
from wellposed.io import TrajectoryFile, read_trajectories, write_trajectories

TS = np.linspace(0.0, 1.0, 5)
STATES = np.random.default_rng(0).normal(size=(3, 5, 2))
INSIDE = np.arange(5)[None] < np.array([[5], [2], [3]])
WHOLE = TrajectoryFile(TS, STATES, -STATES, np.array([1.0, 2.0, 3.0]), INSIDE)


@pytest.mark.parametrize("suffix", [".nc", ".h5"])
def test_what_is_written_is_read(tmp_path, suffix):
    write_trajectories(tmp_path / f"runs{suffix}", WHOLE)
    found = read_trajectories(tmp_path / f"runs{suffix}")
    for mine, theirs in zip(found, WHOLE, strict=True):
        np.testing.assert_array_equal(mine, theirs)


def test_what_a_file_lacks_is_none(tmp_path):
    write_trajectories(tmp_path / "runs.nc", WHOLE._replace(slopes=None, parameters=None, inside=None))
    assert read_trajectories(tmp_path / "runs.nc")[2:] == (None, None, None)


def test_netcdf_of_somebody_else_in_another_order(tmp_path):
    with h5netcdf.File(tmp_path / "runs.nc", "w") as file:
        file.dimensions = {"time": 5, "state": 2, "trajectory": 3}
        file.create_variable("u", ("time", "state", "trajectory"), data=STATES.transpose(1, 2, 0))
        file.create_variable("seconds", ("time",), data=TS)
        file.create_variable("reynolds", ("trajectory",), data=WHOLE.parameters)
    found = read_trajectories(tmp_path / "runs.nc")
    np.testing.assert_array_equal(found.states, STATES)
    np.testing.assert_array_equal(found.parameters, [1.0, 2.0, 3.0])
    np.testing.assert_array_equal(found.ts, TS)


def labelled(path, **changes):
    with h5py.File(path, "w") as file:
        parts = {"x": (STATES, ("trajectory", "time", "state")), "time": (TS, ("time",)), **changes}
        for name, (values, labels) in parts.items():
            dataset = file.create_dataset(name, data=values)
            for axis, label in zip(dataset.dims, labels, strict=True):
                axis.label = label
    return path


def test_plain_hdf5_with_labels(tmp_path):
    found = read_trajectories(labelled(tmp_path / "runs.h5", p=(np.arange(3), ("trajectory",))))
    np.testing.assert_array_equal(found.states, STATES)
    np.testing.assert_array_equal(found.parameters, [0.0, 1.0, 2.0])


@pytest.mark.parametrize("names", [("trajectory", "time"), ("time", "trajectory"), ("", "")])
def test_what_counts_is_ordered_by_names_even_where_both_orders_fit(tmp_path, names):
    square, inside = np.ones((5, 5, 2)), np.arange(5)[None] < np.array([[5], [2], [3], [4], [2]])
    stored = inside.T if names[0] == "time" else inside
    path = labelled(tmp_path / "runs.h5", x=(square, ("trajectory", "time", "state")), inside=(stored, names))
    np.testing.assert_array_equal(read_trajectories(path).inside, inside)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"x": (STATES, ("", "", ""))}, "expected one variable with the dimensions"),
        ({"time": (TS[::-1], ("time",))}, "expected at least two increasing times"),
        ({"time": (TS[:3], ("time",))}, r"expected 'time' of shape \(5,\), found \(3,\)"),
        ({"time": (0.0, ())}, "expected a variable 'time' along the dimension 'time', found none"),
        ({"x": (STATES * np.nan, ("trajectory", "time", "state"))}, "expected finite numbers in 'x'"),
        (
            {"a": (np.ones(3), ("trajectory",)), "b": (np.ones(3), ("trajectory",))},
            r"expected a variable 'parameter' along 'trajectory', found \['a', 'b'\]",
        ),
        ({"inside": (np.ones((3, 4)), ("", ""))}, r"expected 'inside' of shape \(3, 5\) along .*, found \(3, 4\)"),
        (
            {"slopes": (STATES[:, :4], ("trajectory", "time", "state"))},
            r"expected 'slopes' of the shape of 'x', \(3, 5, 2\), found \(3, 4, 2\)",
        ),
        ({"inside": (INSIDE, ("state", "time"))}, r"along \('state', 'time'\)"),
        ({"inside": (np.where(INSIDE, 1.0, np.nan), ("", ""))}, "expected only 0 and 1 in 'inside'"),
        ({"inside": (INSIDE[:, ::-1], ("", ""))}, "found otherwise in trajectory 1"),
        ({"inside": (INSIDE * [[1], [0], [1]], ("", ""))}, "found 0 of trajectory 1: leave it out"),
        ({"inside": (INSIDE & (np.arange(5) < 1), ("", ""))}, "found 1 of trajectory 0: leave it out"),
    ],
)
def test_bad_files_are_told_in_a_sentence(tmp_path, changes, sentence):
    with pytest.raises(InputError, match=sentence):
        read_trajectories(labelled(tmp_path / "runs.h5", **changes))


def test_other_files(tmp_path):
    with pytest.raises(InputError, match="found no such file"):
        read_trajectories(tmp_path / "runs.nc")
    with pytest.raises(InputError, match="found another: convert it"):
        read_trajectories(tmp_path / "runs.txt")
    (tmp_path / "runs.nc").write_text("text")
    with pytest.raises(InputError, match="found a damaged or other one"):
        read_trajectories(tmp_path / "runs.nc")
    with pytest.raises(InputError, match="expected a suffix"):
        write_trajectories(tmp_path / "runs.txt", WHOLE)
