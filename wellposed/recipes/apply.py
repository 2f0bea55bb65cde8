"""A trained map applied to files: the answer is written in the format of the input."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from wellposed.errors import InputError
from wellposed.recipes.registry import RECIPES, Entry
from wellposed.recipes.run_folder import open_run

_BATCH = 64  # samples at once: bounds the memory that a long stack takes


def apply_run(
    folder: Path, inputs: Sequence[Path], out: Path | None = None, recipes: Mapping[str, Entry] = RECIPES
) -> Sequence[Path]:
    """Apply the trained map of a run to files.

    Args:
        folder: of a finished run.
        inputs: files that hold one sample each, or a stack of samples along a first axis.
        out: folder for the answers, named as the inputs; None is `answers` in the run's folder.
        recipes: the recipes that there are.

    Returns:
        The files written, in the order of the inputs. Nothing is written unless all inputs are good.

    Raises:
        InputError: the folder holds no finished run, or a file does not hold what the map takes.
    """
    out = folder / "answers" if out is None else out
    _check_names(inputs, out)
    with open_run(folder, recipes) as (recipe, plan, model):
        if recipe.apply is not None:
            return recipe.apply(plan.settings, model, inputs, out)
        return apply_to_arrays(model, inputs, out)


def apply_to_arrays(model: Any, inputs: Sequence[Path], out: Path) -> Sequence[Path]:
    """Apply a map from one array to one array to array files, and write the answers under the same names.

    Args:
        model: the map, called with one sample.
        inputs: array files of any format that `io.read_array` reads.
        out: folder for the answers.

    Raises:
        InputError: a file does not hold finite numbers in a shape that the map takes.
    """
    from wellposed.io import read_array, write_array

    answers = [_answer(model, path, np.asarray(read_array(path))) for path in inputs]
    targets = [out / path.name for path in inputs]
    for target, answer in zip(targets, answers, strict=True):
        write_array(target, answer)
    return targets


def _answer(model: Any, path: Path, array: np.ndarray) -> np.ndarray:
    import equinox as eqx

    if not np.isfinite(array).all():
        raise InputError(f"{path}: expected finite numbers, found {int((~np.isfinite(array)).sum())} that are not")
    for function in (_one, _many):
        try:
            eqx.filter_eval_shape(function, model, array)
        except (TypeError, ValueError, IndexError):
            continue
        return np.asarray(eqx.filter_jit(function)(model, array))
    raise InputError(
        f"{path}: expected one sample or a stack of samples of the shape that the map was trained on, "
        f"found shape {array.shape}: see the settings in the run's config.json"
    )


def _one(model: Any, array: Any) -> Any:
    return model(array)


def _many(model: Any, array: Any) -> Any:
    import jax

    return jax.lax.map(model, array, batch_size=_BATCH)


def _check_names(inputs: Sequence[Path], out: Path) -> None:
    if not inputs:
        raise InputError("FILE: expected at least one file to apply the map to, found none")
    names = [path.name for path in inputs]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputError(f"{twice[0]}: expected files of different names, found this one twice: apply them one by one")
    for path in inputs:
        if path.resolve().parent == out.resolve():
            raise InputError(f"--out: expected a folder other than that of {path}, whose answer has the same name")
