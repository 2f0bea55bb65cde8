"""The whole recipe on tiny sizes: what it leaves, that it continues, and what it refuses."""

import json
from dataclasses import replace

import equinox as eqx
import jax.numpy as jnp
import numpy as np
import pytest

from wellposed.cli import main
from wellposed.errors import InputError
from wellposed.recipes import open_run
from wellposed.recipes.sindy_autoencoder.judge import valid_times
from wellposed.recipes.sindy_autoencoder.learn import learn
from wellposed.recipes.sindy_autoencoder.observations import data
from wellposed.recipes.sindy_autoencoder.questions import ask
from wellposed.recipes.sindy_autoencoder.settings import Settings
from wellposed.simulate import Trajectories
from wellposed.train import Progress

TINY = {"steps": 8, "threshold-every": 4, "trajectories": 2, "test-trajectories": 2, "batch": 16, "size": 8}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "sindy"
    words = [word for name, value in TINY.items() for word in (f"--{name}", str(value))]
    words = ["run", "sindy-autoencoder", "--preset", "smoke", "--widths", "6", "--out", str(folder), *words]
    assert main(words) == 0
    return folder


def test_leaves_a_record(folder):
    metrics = json.loads((folder / "metrics.json").read_text())["metrics"]
    assert len(metrics["seeds"]) == 2
    for seed in metrics["seeds"]:
        ratio = seed["test_mean_square_ratio"]
        assert all(np.isfinite(value) for value in ratio.values())
        assert seed["test_relative_error"]["decoder"] == pytest.approx(ratio["decoder"] ** 0.5)
        assert seed["steps"] == 8
    losses = [seed["loss"] for seed in metrics["seeds"]]
    assert metrics["best_seed"] == int(np.argmin(losses))
    assert metrics["seeds_no_worse_than_published"] == 0
    assert len(metrics["equations"]) == 3
    page = (folder / "report.html").read_text()
    for words in ("mean-square ratios", "nothing was restarted or left out", "dz1/dt"):
        assert words in page


def test_a_saved_run_is_the_best_seed_and_goes_on_without_training(folder):
    best = json.loads((folder / "metrics.json").read_text())["metrics"]["best_seed"]
    with open_run(folder) as (_, plan, model), Progress(shown=False) as progress:
        train = data(plan.settings, "train").observed
        again = learn(plan.settings, train, folder / "checkpoints", progress)[best]
        assert again.compile_seconds == 0
        np.testing.assert_array_equal(model.coefficients, again.model.coefficients)


def test_a_map_that_runs_away_is_not_asked(folder):
    with open_run(folder) as (_, plan, model):
        away = eqx.tree_at(lambda m: m.coefficients, model, jnp.full_like(model.coefficients, 50.0))
        assert ask(plan.settings, away) == {}


def test_valid_times_end_where_the_error_is_too_large():
    ts = np.arange(5) / 0.9056
    truth = np.ones((3, 5, 2))
    off = truth.copy()
    off[0, 2:] += 0.5
    off[1, 4] = np.nan
    np.testing.assert_allclose(valid_times(Trajectories(ts, truth), off), [2, 4, 4])


def test_bad_settings_are_refused():
    with pytest.raises(InputError, match="--batch: expected at most 250 for each trajectory, found 1024"):
        replace(Settings(), trajectories=4)
    with pytest.raises(InputError, match=r"--refinement: expected a share in \[0, 1\), found 1.0"):
        Settings(refinement=1.0)
