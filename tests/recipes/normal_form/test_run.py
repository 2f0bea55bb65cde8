"""The whole recipe on tiny sizes: what it leaves, and what can be done with it afterwards."""

import importlib
import json

import jax
import numpy as np
import pytest

from wellposed.cli import main
from wellposed.io import read_trajectories, write_trajectories
from wellposed.recipes import open_run
from wellposed.recipes.normal_form.gather import gather, training_of
from wellposed.recipes.normal_form.settings import Settings
from wellposed.recipes.normal_form.systems import SYSTEMS, load_system

module = importlib.import_module("wellposed.recipes.normal_form.run")
SIGN = "free map, published sign"


def run(folder, *words):
    assert main(["run", "normal-form", "--preset", "smoke", "--out", str(folder), *words]) == 0
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """With one of the compared variants: each compiles a training of its own."""
    with pytest.MonkeyPatch.context() as patch:
        every = module.variants_of
        patch.setattr(module, "variants_of", lambda *of: {SIGN: every(*of)[SIGN]})
        return run(tmp_path_factory.mktemp("runs") / "scalar", "--system", "saddle-node", "--compare")


def test_leaves_numbers_and_a_page(folder):
    metrics = json.loads((folder / "metrics.json").read_text())["metrics"]
    assert metrics["seeds"] == len(metrics["each_seed"]["rollout_error"]) == len(metrics["equations"]) == 2
    assert metrics["true_bifurcation"] == -6.0
    low, high = metrics["sampled_range"]
    assert abs((low + high) / 2 - -6.0) > 0.1 * (high - low)
    assert metrics["monotone"] == 2
    assert 0 < metrics["over_seeds"]["bifurcation_error_of_range"]["mean"] < 0.2
    assert metrics["over_seeds"]["leaving_time_error"]["mean"] < 0.3
    text = (folder / "report.html").read_text()
    assert "Success" in text
    assert text.count("data:image/svg+xml") >= 4


def test_compares_what_keeps_the_map_monotone(folder):
    metrics = json.loads((folder / "metrics.json").read_text())["metrics"]
    assert 0 <= metrics["variants"][SIGN]["monotone"] <= 2
    assert len(metrics["variants"][SIGN]["each_seed"]["rollout_error"]) == 2
    raw = metrics["published_restarts"]["raw"]
    assert raw["begun"] == 8
    assert raw["accepted"] <= raw["monotone"] <= 8


def test_the_published_sign_is_told_the_true_bifurcation():
    settings = Settings(system="saddle-node", trajectories=24, test_trajectories=4, orientation="sign")
    gathered = gather(settings)
    parameters = np.asarray(gathered.train.parameters)
    training = module.told(training_of(settings, gathered.system), gathered)
    place = np.ptp(parameters) / 2 * training.loss.origin + (parameters.min() + parameters.max()) / 2
    assert place == pytest.approx(-6.0, abs=1e-5)


def test_the_trained_map_predicts_the_trajectories_of_a_file(folder, tmp_path):
    simulated = load_system("saddle-node").simulate(jax.random.key(5), 4).trajectories
    write_trajectories(tmp_path / "new.nc", simulated._replace(slopes=None))
    assert main(["apply", str(folder), str(tmp_path / "new.nc"), "--out", str(tmp_path / "answers")]) == 0
    found = read_trajectories(tmp_path / "answers" / "new.nc")
    inside = np.asarray(simulated.inside)
    error = np.sqrt(np.mean((found.states - simulated.states)[inside] ** 2))
    assert error < 0.5 * np.sqrt(np.mean(simulated.states[inside] ** 2))


def test_the_saved_map_is_the_trained_one(folder):
    with open_run(folder) as (_, _, models):
        metrics = json.loads((folder / "metrics.json").read_text())["metrics"]
        found = [float(models.units.middle[k]) for k in range(2)]
        assert np.mean(metrics["sampled_range"]) == pytest.approx(found[0], rel=1e-5)


def test_bifurcations_lie_within_the_sampled_range_and_off_its_middle():
    for name in ("saddle-node", "lorenz96", "neural-field"):
        system = load_system(name)
        assert system.critical is not None
        critical = system.critical()
        few = system.simulate(jax.random.key(0), 24).trajectories
        parameters = np.asarray(few.parameters)
        low, high = parameters.min(), parameters.max()
        assert low < critical < high, name
        assert abs((critical - low) / (high - low) - 0.5) > 0.05, name
        assert few.slopes is not None


def test_every_system_has_an_option():
    assert all(Settings(system=name).system == name for name in SYSTEMS)
