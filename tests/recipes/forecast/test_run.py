"""The recipe runs, at its smallest, and on the user's own trajectories."""

import json

import numpy as np
import pytest

from wellposed.errors import InputError
from wellposed.io import TrajectoryFile, write_trajectories
from wellposed.recipes import Plan, apply_run, load_recipe, run_recipe
from wellposed.recipes.forecast.settings import Settings
from wellposed.recipes.forecast.systems import splits

RECIPE = load_recipe("forecast")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("forecast") / "run"
    run_recipe(RECIPE, Plan("forecast", RECIPE.preset("smoke"), "smoke"), folder)
    return folder


def test_leaves_a_record(folder):
    metrics = json.loads((folder / "metrics.json").read_text())["metrics"]
    assert list(metrics["valid_prediction_time"]) == ["reservoir", "recurrent network", "sparse law", "linear map"]
    assert metrics["valid_prediction_time"]["reservoir"]["n"] == 2 * 3
    assert metrics["largest_lyapunov_exponent_per_time"] == pytest.approx(0.9056, abs=0.1)
    assert set(metrics["answers"]["reservoir"]) >= {"well_posed", "structure", "generalising"}
    assert metrics["assimilation_rmse"]["4D-Var"] < metrics["assimilation_rmse"]["model alone"]


def test_the_sparse_law_is_that_of_the_system(folder):
    metrics = json.loads((folder / "metrics.json").read_text())["metrics"]
    assert len(metrics["equations"]) == 3
    valid = metrics["valid_prediction_time"]
    assert valid["sparse law"]["mean"] > valid["linear map"]["mean"]


def test_the_page_shows_forecasts_and_states(folder):
    page = (folder / "report.html").read_text()
    for words in ("Short-term accuracy and long-term consistency", "4D-Var", "Six questions"):
        assert words in page


def test_the_trained_map_forecasts_states_in_a_file(folder, tmp_path):
    np.save(tmp_path / "past.npy", np.ones((30, 3), np.float32))
    (answer,) = apply_run(folder, [tmp_path / "past.npy"], tmp_path / "out")
    assert np.load(answer).shape == (RECIPE.preset("smoke").horizon, 3)


def test_trajectories_of_ones_own(tmp_path):
    ts = 0.1 * np.arange(400)
    states = np.stack([np.cos(ts), np.sin(ts)], axis=1)[None].repeat(2, axis=0)
    path = tmp_path / "mine.nc"
    write_trajectories(path, TrajectoryFile(ts, states, None, None, None))
    split = splits(Settings(data=path, train_steps=250, test_steps=150, horizon=20))
    assert split.train.states.shape == (2, 250, 2)
    assert split.test.states.shape == (1, 150, 2)
    assert split.exponent is None
    with pytest.raises(InputError, match=r"mine.nc: expected at least 1000 times .* found 400"):
        splits(Settings(data=path, train_steps=500, test_steps=500))
    write_trajectories(path, TrajectoryFile(ts**2, states, None, None, None))
    with pytest.raises(InputError, match=r"mine.nc: expected equidistant values in 'time', found gaps"):
        splits(Settings(data=path, train_steps=250, test_steps=150, horizon=20))


@pytest.mark.parametrize(("name", "value"), [("horizon", 20000), ("assimilated", 33), ("noise", 0.0), ("members", 2)])
def test_settings_that_make_no_sense_are_refused(name, value):
    with pytest.raises(InputError, match=f"--{name}: expected .* found {value}"):
        Settings(**{name: value})
