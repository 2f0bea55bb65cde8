"""The recipe runs, at its smallest, and on the user's own trajectories."""

import json

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from wellposed.errors import InputError
from wellposed.io import TrajectoryFile, write_trajectories
from wellposed.recipes import Plan, apply_run, load_recipe, run_recipe
from wellposed.recipes.forecast.assimilate import twin
from wellposed.recipes.forecast.learn import LINEAR, explicit
from wellposed.recipes.forecast.score import floor, score, starts
from wellposed.recipes.forecast.settings import HISTORY, Settings
from wellposed.recipes.forecast.systems import splits
from wellposed.simulate import Trajectories

RNG = np.random.default_rng(0)
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


def test_trajectories_of_several_systems_or_in_part_are_refused(tmp_path):
    ts = 0.1 * np.arange(400)
    settings = Settings(data=tmp_path / "mine.nc", train_steps=250, test_steps=150, horizon=20)
    states = np.stack([np.cos(ts), np.sin(ts)], axis=1)[None].repeat(2, axis=0)
    path = tmp_path / "mine.nc"
    write_trajectories(path, TrajectoryFile(ts, states, None, np.array([1.0, 2.0]), None))
    with pytest.raises(
        InputError, match=r"mine.nc: expected trajectories of one system, found 'parameter' from 1 to 2"
    ):
        splits(settings)
    write_trajectories(path, TrajectoryFile(ts, states, None, np.ones(2), np.broadcast_to(ts < 20, (2, 400))))
    with pytest.raises(InputError, match=r"mine.nc: expected states that count throughout, found 50.0% of 'inside'"):
        splits(settings)
    write_trajectories(path, TrajectoryFile(ts, states, None, np.ones(2), np.ones((2, 400), bool)))
    assert splits(settings).train.states.shape == (2, 250, 2)


def test_a_component_that_never_moves_is_no_obstacle():
    ts = 0.1 * np.arange(200)
    states = np.stack([np.cos(ts), np.sin(ts), 0 * ts], axis=1)[None]
    linear = explicit(Trajectories(ts, states))[LINEAR]
    np.testing.assert_allclose(linear.predict(states[0, 0], None, ts[:9]), states[0, :9], atol=1e-3)


def test_forecasts_have_room_at_the_longest_horizon_that_is_allowed():
    settings = Settings(test_steps=100, forecasts=3, horizon=37)
    test = Trajectories(0.1 * np.arange(100), RNG.normal(size=(1, 100, 2)))
    from_ = starts(test, settings.forecasts, HISTORY, settings.horizon)
    assert from_.past.shape == (3, HISTORY, 2)
    with pytest.raises(InputError, match=r"--horizon: expected at most 37, .* found 38"):
        Settings(test_steps=100, forecasts=3, horizon=38)


def test_statistics_are_those_of_all_second_halves():
    """A map that is right at first and lives on the attractor later is at the floor, and another is not."""
    ts = 0.1 * np.arange(6000)
    test = Trajectories(ts, np.cumsum(RNG.normal(size=(1, 6000, 1)), axis=1) % 9)
    from_ = starts(test, 40, HISTORY, 60)
    pool = jnp.asarray(RNG.permutation(test.states[0, :5990].reshape(-1, 10, 1)))  # pieces of the truth in any order
    later = lambda x: jax.lax.dynamic_slice(pool, (jnp.int32(50 * x[-1, 0]), 0, 0), (7, 10, 1)).reshape(70, 1)[:61]
    least, found = floor(from_, test), score(lambda x, p, ts: later(x), from_, test)
    assert found.invariant < 3 * least.invariant < 0.3
    early = lambda x, p, ts: jnp.where(ts[:, None] < 3, 1e3, later(x))  # what a forecast does first does not count
    assert score(early, from_, test)[1:3] == pytest.approx(found[1:3])
    still = score(lambda x, p, ts: jnp.broadcast_to(x[-1], (61, 1)) + jnp.sin(ts)[:, None], from_, test)
    assert still.spectrum > 2 * least.spectrum


def test_nothing_begins_from_the_answer():
    found = twin(Settings(assimilated=100))
    first = {name: found.errors(name)[0] for name in found.states}
    assert first["model alone"] > 3.5  # two states of the attractor; its standard deviation is 3.6
    for name in set(found.states) - {"model alone"}:
        assert found.errors(name)[-20:].mean() < 0.4


@pytest.mark.parametrize(
    ("name", "value"), [("horizon", 20000), ("horizon", 11901), ("assimilated", 33), ("noise", 0.0), ("members", 2)]
)
def test_settings_that_make_no_sense_are_refused(name, value):
    with pytest.raises(InputError, match=f"--{name}: expected .* found {value}"):
        Settings(**{name: value})
