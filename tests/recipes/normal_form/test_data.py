"""Trajectories of the user's own: a Hopf bifurcation in four measured components, in files."""

import functools
import importlib
import json
from unittest.mock import Mock

import numpy as np
import pytest

from wellposed.cli import main
from wellposed.dynamics import Hopf
from wellposed.io import TrajectoryFile, write_trajectories
from wellposed.recipes.normal_form.gather import gather, training_of
from wellposed.recipes.normal_form.page import _limits
from wellposed.recipes.normal_form.run import Findings, variants_of
from wellposed.recipes.normal_form.settings import Settings
from wellposed.recipes.normal_form.systems.from_file import read_data, system_of_file
from wellposed.simulate import integrate


def oscillations(count=40, noise=0.0):
    """x = A z + c with z on the Hopf normal form, p from 2.6 to 4, which bifurcates at 3."""
    rng = np.random.default_rng(0)
    p = rng.uniform(2.6, 4.0, count)
    starts, ts = rng.uniform(-0.7, 0.7, (count, 2)), np.linspace(0.0, 6.0, 61)
    found = integrate(lambda z, p: 2.0 * Hopf()(z, 0.4 * (p - 3.0)), starts, p, ts)
    states = found.states @ rng.normal(size=(2, 4)) + 10.0
    return TrajectoryFile(found.ts, states + noise * rng.normal(size=states.shape), None, p, None)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Of the audit, which `test_run` has, only what it would be asked."""
    folder = tmp_path_factory.mktemp("runs")
    write_trajectories(folder / "runs.nc", oscillations())
    words = ["--data", str(folder / "runs.nc"), "--effort", "0.03", "--seeds", "1", "--no-compare"]
    questions = importlib.import_module("wellposed.recipes.normal_form.questions")
    with pytest.MonkeyPatch.context() as patch:
        asked = Mock(side_effect=lambda *of: questions.ask(*of) and {})
        patch.setattr(questions, "six", lambda f, problem, key: problem.check(f) or {})
        patch.setattr(importlib.import_module("wellposed.recipes.normal_form.run"), "ask", asked)
        assert main(["run", "normal-form", "--preset", "smoke", "--out", str(folder / "run"), *words]) == 0
        asked.assert_called_once()
    return folder / "run"


def test_a_file_is_learned_without_slopes(folder):
    metrics = json.loads((folder / "metrics.json").read_text())["metrics"]
    assert metrics["true_bifurcation"] is None
    assert metrics["trajectories"] == {"train": 34, "test": 6}
    assert metrics["over_seeds"]["rollout_error"]["worst"] < 0.2
    assert metrics["each_seed"]["bifurcation"][0] == pytest.approx(3.0, abs=0.15)


@functools.cache
def whole():
    return oscillations(12)


still = np.broadcast_to(whole().states[:, :1], whole().states.shape)
CASES = {
    "constant": (whole()._replace(states=np.full(whole().states.shape, 0.1)), "states that show a change with time"),
    "at rest": (whole()._replace(states=still), "states that show a change with time, found none in any trajectory"),
    "no slopes": (whole()._replace(slopes=0 * still), "expected slopes that show a change with time, found none"),
    "none inside": (whole()._replace(inside=np.zeros((12, 61), bool)), "at least 2 times of each trajectory"),
    "one direction": (
        whole()._replace(states=np.where(np.arange(2) > 0, 3.0, whole().states[..., :2])),
        "at least 2 independent directions for a Hopf bifurcation, found 1",
    ),
    "copies": (whole()._replace(states=whole().states[..., :1] * np.array([1.0, 2.0])), "found 1: choose another"),
    "no parameter": (whole()._replace(parameters=None), "expected a variable 'parameter'"),
    "one parameter": (whole()._replace(parameters=np.full(12, 3.0)), "expected a parameter that varies, found 3"),
    "few": (whole()._replace(states=whole().states[:3], parameters=np.arange(3.0)), "at least 8 trajectories"),
    "too small": (whole()._replace(states=whole().states[..., :1]), "expected states of at least 2 components"),
    "NaN": (whole()._replace(states=np.where(np.arange(4) > 2, np.nan, whole().states)), "expected finite numbers"),
}


@pytest.mark.parametrize("name", CASES)
def test_a_file_that_cannot_be_learned_is_told_in_a_sentence(tmp_path, name, capsys):
    contents, sentence = CASES[name]
    write_trajectories(tmp_path / "runs.nc", contents)
    words = ["--data", str(tmp_path / "runs.nc"), "--preset", "smoke", "--out", str(tmp_path / "run")]
    assert main(["run", "normal-form", *words]) == 2
    error = " ".join(capsys.readouterr().err.split())
    assert sentence in error
    assert "runs.nc" in error
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--system", "lorenz63"], "--system: expected one of saddle-node,"),
        (["--effort", "0"], "--effort: expected a factor in (0, 100]"),
        (["--seeds", "0"], "--seeds: expected at least 1"),
        (["--time-degree", "9"], "--time-degree: expected 0 to 8"),
    ],
)
def test_bad_options(words, sentence, tmp_path, capsys):
    assert main(["run", "normal-form", "--preset", "smoke", "--out", str(tmp_path / "run"), *words]) == 2
    assert sentence in " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize("suffix", [".nc", ".h5"])
def test_both_formats_give_the_same_slopes(tmp_path, suffix):
    write_trajectories(tmp_path / f"runs{suffix}", whole())
    found = read_data(tmp_path / f"runs{suffix}", Hopf())
    assert found.slopes is not None
    differences = np.gradient(whole().states, whole().ts, axis=1)
    assert np.abs(found.slopes - differences)[:, 2:-2].max() < 0.05 * np.abs(differences).max()


def test_what_comes_after_leaving_does_not_reach_the_slopes(tmp_path):
    inside = np.arange(61)[None] < np.arange(20, 32)[:, None]
    filled = np.where(inside[..., None], whole().states, 0.0)
    write_trajectories(tmp_path / "runs.nc", whole()._replace(states=filled, inside=inside))
    found = read_data(tmp_path / "runs.nc", Hopf()).slopes
    differences = np.gradient(whole().states, whole().ts, axis=1)
    assert found is not None
    assert np.abs(found - differences)[inside].max() < 0.2 * np.abs(differences).max()


def test_the_true_bifurcation_of_a_file_is_asked_of_nobody(tmp_path, capsys):
    words = ["--data", str(tmp_path / "runs.nc"), "--orientation", "sign", "--out", str(tmp_path / "run")]
    assert main(["run", "normal-form", "--preset", "smoke", *words]) == 2
    error = " ".join(capsys.readouterr().err.split())
    assert "--orientation: expected monotone or penalty with --data, whose true bifurcation is not known" in error


def test_variants_of_a_file_need_no_true_bifurcation(tmp_path):
    write_trajectories(tmp_path / "runs.nc", whole())
    gathered = gather(Settings(data=tmp_path / "runs.nc"))
    training = training_of(Settings(data=tmp_path / "runs.nc"), gathered.system)
    assert {of.loss.orientation for of in variants_of(gathered, training).values()} == {"monotone", "penalty"}


@pytest.mark.parametrize("residual", [0.5, 0.95])
def test_the_page_says_when_the_data_hardly_follow_the_normal_form(tmp_path, residual):
    found = Mock(spec=Findings)
    found.system, found.fit = system_of_file(tmp_path / "runs.nc", Hopf()), Mock(residual=residual)
    said = "the Hopf normal form: the best leave 95 % of the mean square of the slopes unexplained" in _limits(found)
    assert said == (residual > 0.5)


def test_apply_refuses_states_of_another_size(folder, tmp_path, capsys):
    write_trajectories(tmp_path / "other.nc", whole()._replace(states=whole().states[..., :3]))
    assert main(["apply", str(folder), str(tmp_path / "other.nc")]) == 2
    assert "expected states of 4 components, found 3" in " ".join(capsys.readouterr().err.split())
