"""The whole recipe on tiny sizes: what it leaves, and what can be done with it afterwards."""

import csv
import json

import numpy as np
import pytest

from wellposed.cli import main
from wellposed.recipes.latent_ode.learn import GATED, LAST, ODE, PLAIN, RNN


def run(folder, *words):
    assert main(["run", "latent-ode", "--preset", "smoke", "--out", str(folder), *words]) == 0
    return json.loads((folder / "metrics.json").read_text())["metrics"]


def test_spirals(tmp_path):
    folder = tmp_path / "spirals"
    metrics = run(folder, "--steps", "4")
    assert set(metrics["rmse_plane"]["10 points"]) == {ODE, PLAIN, RNN, GATED, LAST}
    assert all(np.isfinite(one["mean"]) for one in metrics["rmse_plane"]["10 points"].values())
    assert len(metrics["rmse_of_each_repeat"]["10 points"][ODE]) == 2
    assert len(metrics["answers"][ODE]) == 6
    page = (folder / "report.html").read_text()
    for words in ("Our RNN", "Well-posed?", "Generalising?", "unit of the plane"):
        assert words.lower() in page.lower()


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    rng, lines = np.random.default_rng(0), ["id,hour,pulse,flow"]
    for i in range(16):
        ts = 10 + np.sort(rng.uniform(0, 5, 8))
        lines += [f"p{i},{t:.4f},{60 + 10 * np.sin(t + i):.4f},{'' if k % 3 else np.cos(t)}" for k, t in enumerate(ts)]
    path = tmp_path_factory.mktemp("own") / "own.csv"
    path.write_text("\n".join(lines))
    return path


def test_series_of_ones_own_are_forecast_and_applied_to(tmp_path, table):
    folder = tmp_path / "own"
    metrics = run(folder, "--steps", "4", "--data", str(table), "--repeats", "1")
    (scores,) = metrics["rmse_standard_deviations"].values()
    assert all(np.isfinite(one["mean"]) for one in scores.values())
    assert metrics["answers"] == {}
    assert "Your series have times of their own" in (folder / "report.html").read_text()

    assert main(["apply", str(folder), str(table), "--out", str(tmp_path / "answers")]) == 0
    rows = list(csv.DictReader((tmp_path / "answers" / "own.csv").read_text().splitlines()))
    assert list(rows[0])[:5] == ["series", "time", "pulse", "pulse spread", "pulse noise"]
    assert len(rows) == 16 * 101
    first = next(csv.DictReader(table.read_text().splitlines()))
    assert float(rows[0]["time"]) == pytest.approx(float(first["hour"]))
    assert all(np.isfinite(float(row["pulse"])) and float(row["flow spread"]) > 0 for row in rows)

    other = tmp_path / "other.csv"
    other.write_text("id,hour,pulse\na,0,60\n")
    assert main(["apply", str(folder), str(other), "--out", str(tmp_path / "more")]) == 2


def test_a_file_that_is_none_is_refused(tmp_path, capsys):
    assert main(["run", "latent-ode", "--preset", "smoke", "--out", str(tmp_path / "a"), "--data", "gone.csv"]) == 2
    assert "gone.csv: expected a file of time series" in capsys.readouterr().err
