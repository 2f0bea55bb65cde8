import csv

import numpy as np
import pytest

from wellposed.train import History


def test_a_history_grows_and_is_written_as_a_table(tmp_path):
    empty = {"loss": np.empty(0, np.float32), "error": np.empty(0, np.float32)}
    history = History(empty, np.empty(0, np.int64), np.empty(0))
    history = history.extended({"loss": np.array([3.0, 2.0], np.float32), "error": np.array([1.5, 0.1], np.float32)})
    history = history.validated(2, 0.25).extended({"loss": np.array([1.0]), "error": np.array([0.0])})
    np.testing.assert_array_equal(history.loss, [3.0, 2.0, 1.0])
    history.write(tmp_path / "history.csv")
    with (tmp_path / "history.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    assert [row["step"] for row in rows] == ["0", "1", "2"]
    assert [float(row["loss"]) for row in rows] == [3.0, 2.0, 1.0]
    assert [row["validation"] for row in rows] == ["", "0.25", ""]
    assert np.float32(rows[1]["error"]) == np.float32(0.1)


def test_two_parts_are_one_history():
    first = History({"loss": np.array([3.0, 2.0])}, np.array([2]), np.array([1.5]))
    second = History({"loss": np.array([1.0])}, np.array([1]), np.array([1.25]))
    both = first.then(second)
    np.testing.assert_array_equal(both.loss, [3.0, 2.0, 1.0])
    np.testing.assert_array_equal(both.validation_steps, [2, 3])
    np.testing.assert_array_equal(both.validation, [1.5, 1.25])
    with pytest.raises(ValueError, match="expects the terms"):
        first.then(History({"nll": np.array([1.0])}, np.array([1]), np.array([1.0])))
