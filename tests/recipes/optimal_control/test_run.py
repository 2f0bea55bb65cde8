"""The whole recipe on tiny sizes: what it leaves, and what can be done with it afterwards."""

import json

import jax.numpy as jnp
import numpy as np
import pytest

from wellposed.cli import main
from wellposed.errors import InputError
from wellposed.recipes import open_run
from wellposed.recipes.optimal_control.networks import DATA, ODENET, SIMPLEX, data
from wellposed.recipes.optimal_control.settings import PRESETS, Settings

TINY = {"points": 12, "depth": 3, "steps": 30, "scheme-depth": 2, "scheme-steps": 4}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "optimal-control"
    words = [word for name, value in TINY.items() for word in (f"--{name}", str(value))]
    assert main(["run", "optimal-control", "--preset", "smoke", "--out", str(folder), *words]) == 0
    return folder


def test_leaves_a_record(folder):
    metrics = json.loads((folder / "metrics.json").read_text())["metrics"]
    assert set(metrics["accuracy_percent"]) == {"Net", "ResNet", ODENET, SIMPLEX}
    assert set(metrics["scheme_accuracy_percent"]) == {"Euler", "improved Euler", "Kutta 3", "Kutta 4"}
    for table in (metrics["accuracy_percent"], metrics["scheme_accuracy_percent"]):
        for of in table.values():
            assert list(of) == list(DATA)
            assert all(0 <= interval["mean"] <= 100 for interval in of.values())


def test_the_time_steps_are_learned_and_the_simplex_is_kept(folder):
    metrics = json.loads((folder / "metrics.json").read_text())["metrics"]
    assert metrics["least_time_step"][SIMPLEX] >= 0
    assert metrics["largest_error_of_total_time"][SIMPLEX] < 1e-5
    assert metrics["largest_error_of_total_time"][ODENET] > 1e-3
    assert np.std(metrics["time_steps_mean"][SIMPLEX]["spiral"]) > 1e-3


def test_the_training_lowers_the_cost(folder):
    rows = [line.split(",") for line in (folder / "history.csv").read_text().splitlines()]
    place = rows[0].index("squares")
    costs = [float(row[place]) for row in rows if row[0] == ODENET]
    assert costs[-1] < costs[0]


def test_the_page_shows_regions_and_points(folder):
    page = (folder / "report.html").read_text()
    for words in ("Learned time steps", "Runge-Kutta schemes", "after the flow", "donut 2-D"):
        assert words in page


def test_a_saved_run_is_the_map_that_was_trained(folder):
    with open_run(folder) as (_, plan, networks):
        assert plan.settings.depth == 3
        assert 0 < float(networks(jnp.array([0.3, 0.4]))) < 1


def test_the_splits_are_different_points():
    settings = Settings(**PRESETS["smoke"])
    assert np.abs(data(settings, "train").points - data(settings, "validation").points).min() > 0


@pytest.mark.parametrize(("option", "value"), [("depth", 0), ("seeds", 1), ("learning_rate", 2.0)])
def test_a_bad_setting_is_a_sentence(option, value):
    with pytest.raises(InputError, match=rf"--{option.replace('_', '-')}: expected .*, found {value}: give another"):
        Settings(**{option: value})
