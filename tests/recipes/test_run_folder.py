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
OLD = Plan("toy", Settings(factor=5.0, steps=3))
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
    assert metrics["resumed"] is False


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


def interrupt(settings, checkpoints):
    toy_recipe.run(dataclasses.replace(settings, steps=2), checkpoints)
    raise KeyboardInterrupt


def diverge(settings, checkpoints):
    toy_recipe.run(dataclasses.replace(settings, steps=2), checkpoints)
    raise FloatingPointError("the loss is NaN")


def fail(error, run, folder, **options):
    with pytest.raises(error):
        run_recipe(dataclasses.replace(RECIPE, run=run), PLAN, folder, **options)


def test_a_run_stopped_while_overwriting_can_be_continued(tmp_path):
    run_recipe(RECIPE, OLD, tmp_path)
    fail(KeyboardInterrupt, interrupt, tmp_path, overwrite=True)
    assert not (tmp_path / "metrics.json").exists()
    assert run_recipe(RECIPE, PLAN, tmp_path, resume=True).metrics["steps_before"] == 2
    assert json.loads((tmp_path / "metrics.json").read_text())["resumed"] is True
    assert not (tmp_path / ".replaced").exists()


@pytest.mark.parametrize(("run", "error"), [(stop, RuntimeError), (diverge, FloatingPointError)])
def test_a_run_that_fails_while_overwriting_brings_the_earlier_one_back(tmp_path, run, error):
    run_recipe(RECIPE, OLD, tmp_path)
    before = contents(tmp_path)
    fail(error, run, tmp_path, overwrite=True)
    assert contents(tmp_path) == before
    assert not (tmp_path / ".replaced").exists()


def test_a_finished_run_outlives_several_attempts_to_replace_it(tmp_path):
    run_recipe(RECIPE, OLD, tmp_path)
    before = contents(tmp_path)
    fail(KeyboardInterrupt, interrupt, tmp_path, overwrite=True)
    fail(KeyboardInterrupt, interrupt, tmp_path, overwrite=True)
    fail(FloatingPointError, diverge, tmp_path, resume=True)
    fail(FloatingPointError, diverge, tmp_path, overwrite=True)
    assert contents(tmp_path) == before


def kill_while_moving(monkeypatch, folder, moves):
    """Leaves the folder as a kill does after so many moves; a run that is killed cannot tidy up."""
    left, rename = [None] * moves, Path.rename

    def until_killed(source, target):
        if not left:
            raise KeyboardInterrupt
        left.pop()
        return rename(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", until_killed)
        patch.setattr("wellposed.recipes.run_folder.write_json", lambda *_: until_killed(folder, folder))
        fail(KeyboardInterrupt, toy_recipe.run, folder, overwrite=True)
    assert not left


@pytest.mark.parametrize("moves", range(7))
def test_a_run_killed_before_it_began_gives_the_earlier_one_back(tmp_path, monkeypatch, moves):
    run_recipe(RECIPE, OLD, tmp_path)
    before = contents(tmp_path)
    kill_while_moving(monkeypatch, tmp_path, moves)
    with pytest.raises(InputError, match="found a finished run: add --overwrite to replace it"):
        run_recipe(RECIPE, PLAN, tmp_path)
    assert contents(tmp_path) == before


@pytest.mark.parametrize("moves", range(7))
@pytest.mark.parametrize("option", ["resume", "overwrite"])
def test_a_run_killed_before_it_began_is_no_obstacle(tmp_path, monkeypatch, moves, option):
    run_recipe(RECIPE, OLD, tmp_path)
    kill_while_moving(monkeypatch, tmp_path, moves)
    run_recipe(RECIPE, OLD if option == "resume" else PLAN, tmp_path, **{option: True})
    with open_run(tmp_path, RECIPES) as (_, _, model):
        assert model.factor == (5 if option == "resume" else 3)
    assert not (tmp_path / ".replaced").exists()


def test_what_is_left_of_a_replaced_run_does_not_come_back(tmp_path):
    run_recipe(RECIPE, PLAN, tmp_path)
    before = contents(tmp_path)
    (tmp_path / ".replaced").mkdir()
    (tmp_path / ".replaced" / "model.eqx").write_text("half deleted when the process was killed")
    with pytest.raises(InputError, match="found a finished run"):
        run_recipe(RECIPE, PLAN, tmp_path)
    assert contents(tmp_path) == before


@pytest.mark.parametrize("seed", [-1, 2**32, 99999999999999999999])
def test_a_seed_out_of_range_is_bad_input(tmp_path, seed):
    with pytest.raises(InputError, match=f"--seed: expected a whole number from 0 to 4294967295, found {seed}:"):
        run_recipe(RECIPE, Plan("toy", Settings(seed=seed)), tmp_path / "run")
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("seed", [0, 2**32 - 1])
def test_the_first_and_the_last_seed_work(tmp_path, seed):
    run_recipe(RECIPE, Plan("toy", Settings(seed=seed)), tmp_path)
    with open_run(tmp_path, RECIPES) as (_, plan, _):
        assert plan.settings.seed == seed


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
