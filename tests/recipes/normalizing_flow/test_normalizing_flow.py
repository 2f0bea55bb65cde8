"""The whole recipe on tiny sizes: what it leaves, and what can be done with it afterwards."""

import json
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from wellposed.cli import main
from wellposed.errors import InputError
from wellposed.io import Table, read_table, write_table
from wellposed.recipes import open_run
from wellposed.recipes.normalizing_flow.data import data
from wellposed.recipes.normalizing_flow.maps import METHODS, ot_flow
from wellposed.recipes.normalizing_flow.settings import FFJORD_, OT_FLOW, OTHERS, PRESETS, Settings
from wellposed.transport import FFJORD, OTFlow

MEAN, DEVIATION = np.array([[10.0, -3.0]]), np.array([[4.0, 0.1]])


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    """Correlated normal points in other units."""
    normal = np.random.default_rng(0).normal(size=(600, 2)) @ np.array([[1.0, 0.5], [0.0, 0.5]])
    path = tmp_path_factory.mktemp("data") / "mine.csv"
    write_table(path, Table(("height", "weight"), MEAN + DEVIATION * normal))
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory, table):
    folder = tmp_path_factory.mktemp("runs") / "normalizing-flow"
    words = ["--preset", "smoke", "--data", str(table), "--others", "planar", "--seconds", "0.4"]
    assert main(["run", "normalizing-flow", "--out", str(folder), *words]) == 0
    return folder


def test_leaves_a_record(folder):
    metrics = json.loads((folder / "metrics.json").read_text())["metrics"]
    methods = metrics["methods"]["mine"]
    assert list(methods) == [OT_FLOW, FFJORD_, "planar"]
    for found in methods.values():
        assert found["nll_nats"]["low"] < found["nll_nats"]["mean"] < found["nll_nats"]["high"]
        assert found["training_steps"] >= found["best_step"] > 0
        assert found["mmd_squared"]["n"] == 5
    assert methods["planar"]["inverse_error"] < 1e-4
    assert methods[OT_FLOW]["straightness"] <= 1 + 1e-6
    assert "CPU seconds" in metrics["budget"]


def test_a_table_has_one_training_and_intervals_over_its_points(folder):
    metrics = json.loads((folder / "metrics.json").read_text())["metrics"]
    (only,) = metrics["trainings"]["mine"]
    assert only["ot_flow_minus_ffjord_nll_nats"] == metrics["ot_flow_minus_ffjord_nll_nats"]["mine"]
    assert only["ot_flow_minus_ffjord_nll_nats"]["n"] == 60  # a tenth of the table


@pytest.fixture(scope="module")
def moons(tmp_path_factory):
    """Two trainings of a few steps."""
    folder = tmp_path_factory.mktemp("runs") / "moons"
    words = ["--preset", "smoke", "--seeds", "2", "--seconds", "0.05", "--other-seconds", "0.01"]
    assert main(["run", "normalizing-flow", "--out", str(folder), *words]) == 0
    return folder


def test_every_training_has_a_seed_and_points_of_its_own(moons):
    metrics = json.loads((moons / "metrics.json").read_text())["metrics"]
    found = metrics["trainings"]["moons"]
    assert [one["seed"] for one in found] == [0, 1000]
    assert found[0]["nll_nats"][OT_FLOW] == metrics["methods"]["moons"][OT_FLOW]["nll_nats"]["mean"]
    assert found[0]["nll_nats"][FFJORD_] != found[1]["nll_nats"][FFJORD_]
    assert found[0]["training_steps"] == found[1]["training_steps"]  # the same budget
    over = metrics["ot_flow_minus_ffjord_nll_nats"]["moons"]
    each = [one["nll_nats"][OT_FLOW] - one["nll_nats"][FFJORD_] for one in found]
    assert over["n"] == 2
    assert over["mean"] == pytest.approx(np.mean(each))
    assert over["high"] - over["mean"] == pytest.approx(12.706 * abs(each[1] - each[0]) / 2, rel=1e-3)  # t, one degree
    settings = Settings(**PRESETS["smoke"])
    for split in ("train", "test"):
        assert not np.isin(data(settings, split)["moons"], data(settings.of_training(1), split)["moons"]).any()


def test_the_page_shows_every_training(moons):
    page = (moons / "report.html").read_text()
    for words in ("OT-Flow ahead", "of 2", "over 2 trainings", "A row for each of the data"):
        assert words in page


def test_a_saved_run_is_the_map_that_was_trained_in_the_units_of_the_table(folder, table, tmp_path):
    assert main(["apply", str(folder), str(table), "--out", str(tmp_path)]) == 0
    answers = read_table(tmp_path / table.name)
    assert answers.names == ("z1", "z2", "log_density")
    values = read_table(table).values
    determinant = np.log(DEVIATION.prod() * 0.5)
    truth = (values - MEAN) / DEVIATION @ np.linalg.inv(np.array([[1.0, 0.5], [0.0, 0.5]]))
    log_density = -np.sum(truth**2, axis=1) / 2 - np.log(2 * np.pi) - determinant
    assert np.mean(log_density - answers.values[:, 2]) < 1.0  # nats; a density that is learned in under a second
    with open_run(folder) as (_, _, maps):
        assert np.allclose(maps(jnp.asarray(values[0], jnp.float32)), answers.values[0], rtol=1e-3, atol=1e-4)


def test_the_page_shows_samples_and_paths(folder):
    page = (folder / "report.html").read_text()
    for words in ("OT-Flow and FFJORD", "inverse error", "straightness", "CPU seconds"):
        assert words in page


def test_every_method_that_a_setting_names_is_there():
    assert set(METHODS) == {OT_FLOW, FFJORD_, *OTHERS}


def test_the_splits_are_different_points():
    settings = Settings(**PRESETS["smoke"])
    train, test = (data(settings, split)["moons"] for split in ("train", "test"))
    assert np.abs(train[:50, None] - test[None]).max(axis=2).min() > 0


def test_bad_settings_and_tables_are_sentences(tmp_path, table):
    with pytest.raises(InputError, match=r"--fine-steps: expected at least 1, found 0"):
        Settings(fine_steps=(0,))
    with pytest.raises(InputError, match=r"--seconds: expected a positive number, found 0"):
        Settings(seconds=0.0)
    with pytest.raises(InputError, match=r"--others: expected methods among .*, found glow"):
        Settings(others=("glow",))
    with pytest.raises(InputError, match=r"--benchmark: expected --data FOLDER beside GAS"):
        Settings(benchmark="GAS")
    with pytest.raises(InputError, match="lower --batch"):
        data(Settings(data=table, batch=512), "train")
    constant = tmp_path / "constant.csv"
    constant.write_text("a,b\n" + "1,2\n" * 5)
    with pytest.raises(InputError, match=r"column a: expected values that differ, found 1.0 alone"):
        data(Settings(data=constant), "train")


def test_the_depth_is_that_of_the_potential():
    flow = ot_flow(Settings(depth=3), "moons", 2, jax.random.key(0))
    assert len(flow.potential.matrices) == 3
    with pytest.raises(InputError, match="--depth: expected at least 1, found 0"):
        Settings(depth=0)


def test_on_the_plane_the_start_has_ridges_and_the_likelihood_is_heavier():
    s, key = Settings(width=4), jax.random.key(0)
    found, published = ot_flow(s, "moons", 2, key), OTFlow.random(2, 4, key, s.ot_flow_steps, depth=s.depth).potential
    np.testing.assert_allclose(found.potential.opening, 2 * published.opening)
    np.testing.assert_allclose(found.potential.opening_bias, 4 * published.opening_bias)
    np.testing.assert_allclose(found.potential.matrices, published.matrices)
    np.testing.assert_allclose(found.potential.weight, [0.25, -0.25, 0.25, -0.25])
    np.testing.assert_allclose([found.transport, found.hjb], [1 / 24, 1 / 24])
    assert found.steps == 8  # fewer than those of the free flows, since its ways are straight
    free = METHODS[FFJORD_].make(s, "moons", 2, key)
    assert isinstance(free, FFJORD)
    assert free.steps == 12


@pytest.mark.parametrize(("benchmark", "place"), [("POWER", "POWER"), ("none", "moons")])
def test_a_table_has_the_published_start_and_weights_whatever_it_is_called(benchmark, place):
    key = jax.random.key(0)
    s = Settings(data=Path(f"{place}.csv"), benchmark=benchmark, depth=1)
    found, published = ot_flow(s, place, 6, key), OTFlow.random(6, s.width, key, s.ot_flow_steps).potential
    np.testing.assert_allclose(found.potential.opening, published.opening)
    np.testing.assert_allclose(found.potential.weight, 1.0)
    np.testing.assert_allclose([found.transport, found.hjb], [1 / 500, 5 / 500])
