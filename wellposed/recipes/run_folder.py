"""A run's folder: begin, continue or replace a run in it, and open a finished one."""

import contextlib
import shutil
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from wellposed.errors import InputError
from wellposed.io import read_json, write_json
from wellposed.recipes.plan import CONFIG, Plan, read_plan
from wellposed.recipes.record import (
    AUDIT_METRICS,
    AUDIT_REPORT,
    HISTORY,
    METRICS,
    MODEL,
    REPORT,
    Record,
    versions,
    write_audit,
    write_record,
)
from wellposed.recipes.registry import RECIPES, Entry, Recipe

CHECKPOINTS = "checkpoints"

# METRICS first: without it a folder no longer says that its run is finished. CONFIG last: while the files of a run are
# moved, it is missing on the side that they go to, which is how `recover` knows a move that was cut short.
_OWN = (METRICS, REPORT, MODEL, HISTORY, AUDIT_METRICS, AUDIT_REPORT, CHECKPOINTS, CONFIG)
_REPLACED = ".replaced"
_SEEDS = 2**32  # `jax.random.key` takes no more bits without x64


def run_recipe(recipe: Recipe, plan: Plan, folder: Path, *, resume: bool = False, overwrite: bool = False) -> Record:
    """Run a recipe in a folder, and write what it returns there.

    Args:
        recipe: what to run.
        plan: with which settings.
        folder: a new or empty folder, or that of an earlier run.
        resume: True continues a run that was stopped, with the same settings; a new folder begins a new run.
        overwrite: True replaces the files of an earlier run, and no others. They are deleted when the new run is
            finished, and come back when it fails; one that is stopped, as by Ctrl-C, can be resumed.

    Raises:
        InputError: the folder holds another run, or other files; or the recipe refuses its input; or the seed is
            not within 0 .. 2**32 - 1.
    """
    start = time.perf_counter()
    _check_seed(plan)
    recover(folder)
    _check(folder, plan, resume=resume, overwrite=overwrite)
    resumed = resume and (folder / CONFIG).is_file()
    with _begun(folder, plan, resume=resume), _precision(plan):
        record = recipe.run(plan.settings, folder / CHECKPOINTS)
        write_record(folder, record, {**_about(plan, start), "resumed": resumed})
    return record


def audit_run(folder: Path, recipes: Mapping[str, Entry] = RECIPES) -> Record:
    """Ask the recipe's questions of the trained map in a folder, and write the answers beside it.

    Raises:
        InputError: the folder holds no finished run, or its recipe has no audit.
    """
    start = time.perf_counter()
    recipe, plan = read_plan(folder, recipes)
    if recipe.audit is None:
        raise InputError(
            f"{folder}: expected a run of a recipe with an audit, found one of {plan.name}, which has none"
        )
    with _precision(plan):
        record = recipe.audit(plan.settings, load_model(recipe, plan, folder))
        write_audit(folder, record, _about(plan, start))
    return record


@contextlib.contextmanager
def open_run(folder: Path, recipes: Mapping[str, Entry] = RECIPES) -> Iterator[tuple[Recipe, Plan, Any]]:
    """The recipe, the plan and the trained map of a finished run, in the precision that it was trained in.

    Raises:
        InputError: the folder holds no finished run.
    """
    recipe, plan = read_plan(folder, recipes)
    with _precision(plan):
        yield recipe, plan, load_model(recipe, plan, folder)


def load_model(recipe: Recipe, plan: Plan, folder: Path) -> Any:
    """The trained map of a run: built anew from its settings, then filled with the arrays of `model.eqx`.

    Raises:
        InputError: the run left no map, or one with other arrays than its settings say.
    """
    import equinox as eqx
    import jax

    path = folder / MODEL
    if not path.is_file():
        raise InputError(
            f"{folder}: expected a finished run with a trained map, found no {MODEL}: add --resume to its run"
        )
    model = recipe.build(plan.settings, jax.random.key(plan.settings.seed))
    try:
        with path.open("rb") as stream:
            return eqx.tree_deserialise_leaves(stream, model)
    except (RuntimeError, ValueError, EOFError, TypeError):
        raise InputError(
            f"{path}: expected the arrays of {plan.name} with the settings in {CONFIG}, found others: "
            "run the recipe again with --overwrite"
        ) from None


def recover(folder: Path) -> None:
    """Put back a run that was being moved out of the way when its process was killed, and clear what is left of one.

    Nothing happens in a folder without such traces, or where a new run has begun and can be resumed.
    """
    begun, waiting = (folder / CONFIG).is_file(), (folder / _REPLACED / CONFIG).is_file()
    if begun and (folder / METRICS).is_file():
        shutil.rmtree(folder / _REPLACED, ignore_errors=True)
    elif begun != waiting:
        _restore(folder)


def _precision(plan: Plan) -> contextlib.AbstractContextManager[Any]:
    import jax

    return jax.enable_x64(plan.x64)


def _about(plan: Plan, start: float) -> dict[str, Any]:
    config = plan.config()
    seconds = round(time.perf_counter() - start, 1)
    return {
        "recipe": plan.name,
        "preset": plan.preset,
        "seed": plan.settings.seed,
        "x64": plan.x64,
        "wall_clock_s": seconds,
        "settings": config["settings"],
        "versions": versions(),
    }


def _check_seed(plan: Plan) -> None:
    if not 0 <= plan.settings.seed < _SEEDS:
        raise InputError(
            f"--seed: expected a whole number from 0 to {_SEEDS - 1}, found {plan.settings.seed}: choose another"
        )


def _check(folder: Path, plan: Plan, *, resume: bool, overwrite: bool) -> None:
    """Refuses a folder that holds anything but what the options allow to continue or to replace."""
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder}: expected a folder to write to, found a file: choose another --out")
    if not folder.exists() or not any(folder.iterdir()):
        return
    if resume and overwrite:
        raise InputError("--resume: expected alone, found together with --overwrite: leave one of them out")
    if not (folder / CONFIG).is_file():
        raise InputError(f"{folder}: expected a new or empty folder, found files of no run: choose another --out")
    if resume:
        _check_same(folder / CONFIG, plan)
    elif not overwrite:
        state, way_out = (
            ("a finished run", "--overwrite to replace it")
            if (folder / METRICS).exists()
            else ("an unfinished run", "--resume to continue it, --overwrite to replace it")
        )
        raise InputError(
            f"{folder}: expected a new or empty folder, found {state}: add {way_out}, or choose another --out"
        )


@contextlib.contextmanager
def _begun(folder: Path, plan: Plan, *, resume: bool) -> Iterator[None]:
    """A folder in which the run can work; what it replaces is deleted only when it is finished."""
    if resume and (folder / CONFIG).exists():
        yield
    else:
        with _anew(folder, plan):
            yield
    shutil.rmtree(folder / _REPLACED, ignore_errors=True)


@contextlib.contextmanager
def _anew(folder: Path, plan: Plan) -> Iterator[None]:
    """A new run: its failure brings back the run that it replaces, and bad input leaves nothing of it.

    A stop is no `Exception`: it leaves the new run to be resumed, and the replaced one where it waits.
    """
    fresh = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    _set_aside(folder)
    try:
        write_json(folder / CONFIG, plan.config())
        yield
    except Exception as error:
        if isinstance(error, InputError) or (folder / _REPLACED).exists():
            _delete_own(folder)
            _restore(folder)
        if isinstance(error, InputError) and fresh:
            folder.rmdir()
        raise


def _set_aside(folder: Path) -> None:
    """Moves the run in a folder out of the way, unless it is unfinished and a finished one waits there already."""
    waiting = folder / _REPLACED
    if (waiting / METRICS).exists():
        _delete_own(folder)
    elif (folder / CONFIG).exists():
        waiting.mkdir(exist_ok=True)
        _delete_own(waiting)
        _move_own(folder, waiting)


def _restore(folder: Path) -> None:
    _move_own(folder / _REPLACED, folder)
    shutil.rmtree(folder / _REPLACED, ignore_errors=True)


def _move_own(source: Path, target: Path) -> None:
    """Moves what a run wrote, and nothing that somebody else put beside it."""
    for name in _OWN:
        if (source / name).exists():
            _delete(target / name)
            (source / name).rename(target / name)


def _delete_own(folder: Path) -> None:
    for name in _OWN:
        _delete(folder / name)


def _delete(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _check_same(path: Path, plan: Plan) -> None:
    before, now = read_json(path), plan.config()
    pairs = {**now, **now["settings"]}, {**before, **before.get("settings", {})}
    for name in sorted(set(pairs[0]) | set(pairs[1])):
        mine, old = (values.get(name) for values in pairs)
        if name != "settings" and mine != old:
            raise InputError(
                f"{path}: expected the settings of the run to be resumed, {name} = {old!r}, found {mine!r}: "
                "leave the option out, or add --overwrite to begin anew"
            )
