"""The whole recipe on tiny sizes: what it leaves, that it continues, and what it refuses."""

import json
from dataclasses import replace

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from wellposed.cli import main
from wellposed.errors import InputError
from wellposed.recipes import open_run
from wellposed.recipes.koopman.judge import figures
from wellposed.recipes.koopman.learn import build, data, learn, loss_of
from wellposed.recipes.koopman.settings import Settings
from wellposed.simulate import pendulum_trajectories
from wellposed.train import Progress

TINY = {"steps": 6, "trajectories": 20, "test-trajectories": 4, "batch": 5, "predicted": 3}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "koopman"
    words = [word for name, value in TINY.items() for word in (f"--{name}", str(value))]
    small = ["--widths", "6", "--auxiliary", "4"]
    assert main(["run", "koopman", "--preset", "smoke", "--out", str(folder), *words, *small]) == 0
    return folder


def test_leaves_a_record(folder):
    metrics = json.loads((folder / "metrics.json").read_text())["metrics"]
    assert len(metrics["seeds"]) == 2
    for seed in metrics["seeds"]:
        assert 0 < seed["test_loss"] < 1
        assert 0 < seed["one_step_mean_square_ratio"] < 10
        assert seed["steps"] == 6
    losses = [seed["train_loss"] for seed in metrics["seeds"]]
    assert metrics["best_seed"] == int(np.argmin(losses))
    assert "thirty times as far as was trained" in (folder / "report.html").read_text()


def test_a_saved_run_is_the_best_seed_and_goes_on_without_training(folder):
    best = json.loads((folder / "metrics.json").read_text())["metrics"]["best_seed"]
    with open_run(folder) as (_, plan, model), Progress(shown=False) as progress:
        again = learn(plan.settings, data(plan.settings, "train"), folder / "checkpoints", progress)[best]
        assert again.compile_seconds == 0
        np.testing.assert_array_equal(model.encoder.layers[0].weight, again.model.encoder.layers[0].weight)


def test_the_frequency_is_judged_beside_the_exact_one():
    """An encoder that keeps small swings as they are, and a frequency of 1.1 where 1 is right."""
    settings = Settings(widths=(4,), auxiliary=(3,))
    model = build(settings, jax.random.key(0))
    last = model.spectra[0].layers[-1]
    constant = lambda net: (net.layers[-1].weight, net.layers[-1].bias)
    spectrum = eqx.tree_at(constant, model.spectra[0], (0 * last.weight, jnp.array([-1.1, 0.02])))
    model = eqx.tree_at(lambda m: m.spectra[0], model, spectrum)
    small = pendulum_trajectories(3, 0, np.arange(51) * 0.02)
    small = small._replace(states=np.asarray(small.states) * 1e-3)
    found = figures(model, loss_of(settings), small, small)
    assert found.frequency == pytest.approx(0.1, rel=1e-3)
    assert found.growth == pytest.approx(0.02, rel=1e-5)


def test_bad_settings_are_refused():
    with pytest.raises(InputError, match="--predicted: expected at most the 50 steps of a swing, found 51"):
        replace(Settings(), predicted=51)
    with pytest.raises(InputError, match="--batch: expected at most the number of trajectories, found 128"):
        replace(Settings(), trajectories=10)
