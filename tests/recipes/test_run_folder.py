"""Runs begin, stop, continue and replace one another without losing or half-writing anything."""

import dataclasses
import json
from pathlib import Path

import jax
import jax.numpy as jnp
import pytest
import toy_recipe
from toy_recipe import RECIPE, RECIPES, Settings

from wellposed.errors import InputError
from wellposed.recipes import Plan, audit_run, open_run, run_recipe

PLAN = Plan("toy", Settings(steps=3))
BAD = Plan("toy", Settings(images=Path("nowhere")))


def contents(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_a_run_leaves_its_six_parts(tmp_path):
    run_recipe(RECIPE, PLAN, tmp_path / "run")
    expected = {"config.json", "metrics.json", "history.csv", "model.eqx", "report.html", "step"}
    assert set(contents(tmp_path / "run")) == expected
    metrics = json.loads((tmp_path / "run" / "metrics.json").read_text())
    assert metrics["metrics"]["psnr_db"] == 30
    assert metrics["recipe"] == "toy"
    assert metrics["wall_clock_s"] >= 0


def test_the_trained_map_can_be_opened(tmp_path):
    run_recipe(RECIPE, Plan("toy", Settings(factor=2.0)), tmp_path)
    with open_run(tmp_path, RECIPES) as (_, plan, model):
        assert plan.settings.factor == 2
        assert jnp.all(model(jnp.ones((2, 3))) == 2)


@pytest.mark.parametrize("x64", [False, True])
def test_the_precision_of_the_run_holds_inside_and_ends_with_it(tmp_path, x64):
    run_recipe(RECIPE, dataclasses.replace(PLAN, x64=x64), tmp_path)
    with open_run(tmp_path, RECIPES) as (_, _, model):
        assert model.factor.dtype == (jnp.float64 if x64 else jnp.float32)
    assert not jax.config.jax_enable_x64  # pyright: ignore[reportAttributeAccessIssue]


def test_bad_input_leaves_no_folder(tmp_path):
    with pytest.raises(InputError, match="nowhere"):
        run_recipe(RECIPE, BAD, tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_bad_input_leaves_an_earlier_run_and_foreign_files_as_they_were(tmp_path):
    run_recipe(RECIPE, PLAN, tmp_path)
    (tmp_path / "notes.txt").write_text("mine")
    before = contents(tmp_path)
    with pytest.raises(InputError, match="nowhere"):
        run_recipe(RECIPE, BAD, tmp_path, overwrite=True)
    assert contents(tmp_path) == before


def test_overwriting_replaces_the_run_and_nothing_else(tmp_path):
    run_recipe(RECIPE, PLAN, tmp_path)
    (tmp_path / "notes.txt").write_text("mine")
    audit_run(tmp_path, RECIPES)
    run_recipe(RECIPE, Plan("toy", Settings(factor=7.0)), tmp_path, overwrite=True)
    with open_run(tmp_path, RECIPES) as (_, _, model):
        assert model.factor == 7
    assert (tmp_path / "notes.txt").read_text() == "mine"
    assert not (tmp_path / "audit.html").exists()  # it was that of another map
    assert not (tmp_path / ".replaced").exists()


def test_a_finished_run_is_not_overwritten_by_accident(tmp_path):
    run_recipe(RECIPE, PLAN, tmp_path)
    before = contents(tmp_path)
    with pytest.raises(InputError, match="found a finished run: add --overwrite to replace it"):
        run_recipe(RECIPE, PLAN, tmp_path)
    assert contents(tmp_path) == before


def stop(settings, checkpoints):
    toy_recipe.run(dataclasses.replace(settings, steps=2), checkpoints)
    raise RuntimeError("power failure")


def test_a_stopped_run_can_be_continued_but_not_restarted_by_accident(tmp_path):
    with pytest.raises(RuntimeError, match="power failure"):
        run_recipe(dataclasses.replace(RECIPE, run=stop), PLAN, tmp_path)
    assert not (tmp_path / "metrics.json").exists()
    with pytest.raises(InputError, match="found an unfinished run: add --resume to continue it"):
        run_recipe(RECIPE, PLAN, tmp_path)
    record = run_recipe(RECIPE, PLAN, tmp_path, resume=True)
    assert record.metrics["steps_before"] == 2
    assert (tmp_path / "metrics.json").exists()


def test_a_run_stopped_while_overwriting_can_be_continued(tmp_path):
    run_recipe(RECIPE, Plan("toy", Settings(factor=5.0, steps=3)), tmp_path)
    with pytest.raises(RuntimeError, match="power failure"):
        run_recipe(dataclasses.replace(RECIPE, run=stop), PLAN, tmp_path, overwrite=True)
    assert not (tmp_path / "metrics.json").exists()
    assert run_recipe(RECIPE, PLAN, tmp_path, resume=True).metrics["steps_before"] == 2
    assert not (tmp_path / ".replaced").exists()


def test_a_run_is_not_resumed_with_other_settings(tmp_path):
    run_recipe(RECIPE, PLAN, tmp_path)
    with pytest.raises(InputError, match=r"config.json: .*factor = 3.0, found 9.0: leave the option out"):
        run_recipe(RECIPE, Plan("toy", Settings(steps=3, factor=9.0)), tmp_path, resume=True)


def test_resuming_nothing_begins(tmp_path):
    assert run_recipe(RECIPE, PLAN, tmp_path / "run", resume=True).metrics["steps_before"] == 0


def test_resume_and_overwrite_contradict(tmp_path):
    run_recipe(RECIPE, PLAN, tmp_path)
    with pytest.raises(InputError, match="--resume: expected alone, found together with --overwrite"):
        run_recipe(RECIPE, PLAN, tmp_path, resume=True, overwrite=True)


def test_foreign_folders_and_files_are_not_touched(tmp_path):
    (tmp_path / "thesis.tex").write_text("mine")
    for overwrite in (False, True):
        with pytest.raises(InputError, match="found files of no run: choose another --out"):
            run_recipe(RECIPE, PLAN, tmp_path, overwrite=overwrite)
    with pytest.raises(InputError, match="expected a folder to write to, found a file"):
        run_recipe(RECIPE, PLAN, tmp_path / "thesis.tex")


def test_an_audit_answers_for_the_trained_map(tmp_path):
    run_recipe(RECIPE, PLAN, tmp_path)
    audit_run(tmp_path, RECIPES)
    assert json.loads((tmp_path / "audit.json").read_text())["metrics"] == {"lipschitz": 3.0}
    assert (tmp_path / "audit.html").exists()


def test_an_unfinished_run_has_no_map_to_audit(tmp_path):
    with pytest.raises(RuntimeError, match="power failure"):
        run_recipe(dataclasses.replace(RECIPE, run=stop), PLAN, tmp_path)
    with pytest.raises(InputError, match=r"expected a finished run with a trained map, found no model.eqx"):
        audit_run(tmp_path, RECIPES)


@pytest.mark.parametrize("damage", [b"", b"not arrays"])
def test_a_damaged_map_is_bad_input(tmp_path, damage):
    run_recipe(RECIPE, PLAN, tmp_path)
    (tmp_path / "model.eqx").write_bytes(damage)
    with (
        pytest.raises(InputError, match=r"model.eqx: expected the arrays of toy"),
        open_run(tmp_path, RECIPES),
    ):
        pass
