"""Trajectories of the user's own: a Hopf bifurcation in four measured components, in files."""

import functools
import json

import numpy as np
import pytest

from wellposed.cli import main
from wellposed.dynamics import Hopf
from wellposed.io import TrajectoryFile, write_trajectories
from wellposed.recipes.normal_form.systems.from_file import read_data
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
    folder = tmp_path_factory.mktemp("runs")
    write_trajectories(folder / "runs.nc", oscillations())
    words = ["--data", str(folder / "runs.nc"), "--effort", "0.03", "--seeds", "1", "--no-compare"]
    assert main(["run", "normal-form", "--preset", "smoke", "--out", str(folder / "run"), *words]) == 0
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


CASES = {
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


def test_apply_refuses_states_of_another_size(folder, tmp_path, capsys):
    write_trajectories(tmp_path / "other.nc", whole()._replace(states=whole().states[..., :3]))
    assert main(["apply", str(folder), str(tmp_path / "other.nc")]) == 2
    assert "expected states of 4 components, found 3" in " ".join(capsys.readouterr().err.split())
