"""The whole recipe on tiny sizes: what it leaves, that it continues, and what it refuses."""

import dataclasses
import json
import shutil

import numpy as np
import pytest
from scipy.io import savemat

from wellposed.cli import main
from wellposed.errors import InputError
from wellposed.recipes import load_recipe, open_run
from wellposed.recipes.burgers.reference import data
from wellposed.recipes.burgers.settings import Settings
from wellposed.simulate import burgers

TINY = {"width": 4, "depth": 1, "inside": 30, "conditions": 12, "measurements": 30, "steps": 6, "inverse-steps": 4}


def run(folder, *more):
    words = [word for name, value in TINY.items() for word in (f"--{name}", str(value))]
    assert main(["run", "burgers", "--preset", "smoke", "--redraw", "3", "--out", str(folder), *words, *more]) == 0
    return json.loads((folder / "metrics.json").read_text())["metrics"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "burgers"
    run(folder)
    return folder


def test_leaves_a_record(folder):
    metrics = json.loads((folder / "metrics.json").read_text())["metrics"]
    assert 0 < metrics["forward_relative_l2_error"] < 2
    assert set(metrics["inverse"]) == {"inverse", "inverse, noisy"}
    assert metrics["inverse"]["inverse, noisy"]["noise_percent"] == 1
    assert metrics["trainings"]["forward"]["steps"] == 6
    assert "Cole-Hopf" in (folder / "report.html").read_text()


def test_a_saved_run_is_the_map_that_was_trained(folder, tmp_path):
    np.save(tmp_path / "places.npy", np.array([[0.1, 0.2], [0.5, -0.3]], np.float32))
    assert main(["apply", str(folder), str(tmp_path / "places.npy"), "--out", str(tmp_path / "out")]) == 0
    assert np.load(tmp_path / "out" / "places.npy").shape == (2,)
    with open_run(folder) as (_, plan, model):
        assert plan.settings.steps == 6
        assert model.network.weights[0].shape == (4, 2)


def test_a_stopped_run_ends_with_the_same_numbers(folder, tmp_path):
    recipe = load_recipe("burgers")
    settings = dataclasses.replace(Settings(), redraw=3, **{n.replace("-", "_"): v for n, v in TINY.items()})
    first = recipe.run(settings, tmp_path / "a")
    shutil.copytree(tmp_path / "a", tmp_path / "b")
    (tmp_path / "b" / "inverse, noisy.checkpoint").unlink()  # as if it had been stopped before
    again = recipe.run(settings, tmp_path / "b")
    drop = lambda record: {k: v for k, v in record.metrics.items() if k != "trainings"}
    assert drop(first) == drop(again)


def test_a_file_of_ones_own(tmp_path):
    ts, xs = np.linspace(0, 0.9, 7), np.linspace(-1, 1, 16)
    savemat(tmp_path / "u.mat", {"t": ts[:, None], "x": xs[:, None], "usol": burgers(ts, xs).T})
    reference = data(Settings(data=tmp_path / "u.mat"), "test")
    assert reference.u.shape == (7, 16)
    assert reference.exact < 1e-12
    with pytest.raises(InputError, match=r"u.mat: expected the solution from u\(0, x\) = -sin\(pi x\)"):
        data(Settings(data=tmp_path / "u.mat", viscosity=0.05), "test")
    savemat(tmp_path / "u.mat", {"t": ts, "x": xs, "usol": burgers(ts, xs)})
    with pytest.raises(InputError, match=r"'usol' of shape \(16, 7\)"):
        data(Settings(data=tmp_path / "u.mat"), "test")
    savemat(tmp_path / "u.mat", {"t": 2 * ts, "x": xs, "usol": burgers(ts, xs).T})
    with pytest.raises(InputError, match=r"times in \[0, 1\]"):
        data(Settings(data=tmp_path / "u.mat"), "test")


def test_bad_settings_are_refused():
    with pytest.raises(InputError, match=r"--viscosity: expected at least 0\.002"):
        Settings(viscosity=1e-4)
    with pytest.raises(InputError, match="--steps: expected a whole number of at least 1"):
        Settings(steps=0)
