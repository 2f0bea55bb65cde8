"""Trained models, and checkpoints from which a killed training continues."""

import dataclasses
import os
from collections.abc import Mapping
from typing import Any, TypeVar

import numpy as np
from jaxtyping import PyTree

from wellposed.errors import InputError

from .arrays import described, first_difference, read_arrays, read_header, write_arrays
from .history import History
from .loop import State

Model = TypeVar("Model")


def save_model(path: str | os.PathLike[str], model: PyTree, settings: Mapping[str, Any] | None = None) -> None:
    """Write the arrays and plain numbers of a model, atomically; no code.

    Args:
        path: the file, by custom `model.eqx`.
        model: any pytree; its functions and static fields are not written.
        settings: plain values that tell what the arrays belong to, for `load_model` to compare.

    Raises:
        InputError: the file cannot be written.
    """
    write_arrays(path, {"model": described(model), "settings": _lines(settings)}, model)


def load_model(path: str | os.PathLike[str], like: Model, settings: Mapping[str, Any] | None = None) -> Model:
    """Read what `save_model` wrote into a model of the same structure.

    Args:
        path: the file.
        like: a model of the same structure, whose own arrays do not matter.
        settings: what it was saved with, where that matters.

    Returns:
        `like` with the arrays and plain numbers of the file.

    Raises:
        InputError: there is no such file, it is another kind of file, it is cut off, or it holds the arrays
            of another structure or with other settings.

    Example:
        >>> import equinox as eqx, jax, tempfile
        >>> path = tempfile.mkdtemp() + "/model.eqx"
        >>> save_model(path, eqx.nn.Linear(2, 3, key=jax.random.key(0)))
        >>> load_model(path, eqx.nn.Linear(2, 3, key=jax.random.key(1))).weight.shape
        (3, 2)
    """
    header = read_header(path)
    found = header.get("model")
    if found is None:
        raise InputError(f"{path}: expected a model, found a checkpoint of a training: name the model.eqx beside it")
    difference = first_difference(described(like), found)
    if difference:
        raise InputError(f"{path}: {difference}: build the model with the settings that it was trained with")
    other = None if settings is None else first_difference(_lines(settings), header.get("settings", []))
    if other:
        raise InputError(f"{path}: it was saved with other settings ({other}): choose another folder, or do not resume")
    return read_arrays(path, like)


def _lines(settings: Mapping[str, Any] | None) -> list[str]:
    return [f"{name} = {value!r}" for name, value in (settings or {}).items()]


@dataclasses.dataclass(frozen=True)
class Run:
    """How far a training has come: all that is needed to continue it bit for bit.

    Attributes:
        state: the trained arrays, the optimiser's memory, the average.
        step: how many steps have been taken.
        history: their figures.
        best: the trained arrays with the lowest validation so far; None before the first finite one.
        best_value: that lowest validation.
        best_step: after how many steps it was reached.
        seconds: how long the steps took, in all sessions together.
    """

    state: State
    step: int
    history: History
    best: PyTree = None
    best_value: float = float("inf")
    best_step: int | None = None
    seconds: float = 0.0

    @property
    def stale(self) -> int:
        """How many validations there have been since the best."""
        return int(np.sum(self.history.validation_steps > (self.best_step or 0)))


def save_run(path: str | os.PathLike[str], run: Run, frozen: PyTree, fingerprint: list[str]) -> None:
    """Write a checkpoint, atomically.

    Args:
        path: the file.
        run: how far the training has come.
        frozen: the rest of the model, which the trained arrays fit to. Made anew elsewhere, as by a singular value
            decomposition of the data, it may come out otherwise.
        fingerprint: lines that tell this training from others.
    """
    header = {
        "fingerprint": fingerprint,
        "step": run.step,
        "terms": {name: str(row.dtype) for name, row in run.history.terms.items()},
        "validations": len(run.history.validation),
        "best_step": run.best_step,
        "best_value": None if run.best_step is None else run.best_value,
        "seconds": run.seconds,
    }
    write_arrays(path, header, (_arrays(run), frozen))


def load_run(path: str | os.PathLike[str], fresh: Run, frozen: PyTree, fingerprint: list[str]) -> tuple[Run, PyTree]:
    """Read a checkpoint, and the frozen part of its model, of the training that `fresh` is the beginning of.

    Raises:
        InputError: it is another kind of file, it is cut off, or it belongs to another training.
    """
    header = read_header(path)
    if "fingerprint" not in header:
        raise InputError(f"{path}: expected a checkpoint of a training, found a model: choose another folder")
    difference = first_difference(fingerprint, header["fingerprint"])
    if difference:
        raise InputError(f"{path}: this is another training ({difference}): choose another folder, or do not resume")
    steps, validations = header["step"], header["validations"]
    empty = History(
        {name: np.empty(steps, dtype) for name, dtype in header["terms"].items()},
        np.empty(validations, fresh.history.validation_steps.dtype),
        np.empty(validations, fresh.history.validation.dtype),
    )
    best = None if header["best_step"] is None else fresh.state.params
    like = dataclasses.replace(fresh, history=empty, best=best)
    (state, best, *figures), frozen = read_arrays(path, (_arrays(like), frozen))
    history = History(figures[0], figures[1], figures[2])
    best_value = float("inf") if best is None else header["best_value"]
    return Run(state, steps, history, best, best_value, header["best_step"], header["seconds"]), frozen


def _arrays(run: Run) -> tuple[Any, ...]:
    history = run.history
    return run.state, run.best, dict(history.terms), history.validation_steps, history.validation
