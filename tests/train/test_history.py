import csv

import numpy as np

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
