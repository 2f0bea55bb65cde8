"""The one training loop."""

import dataclasses
import enum
import hashlib
import os
import re
import time
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Generic, TypeVar

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
from jaxtyping import Array, PRNGKeyArray, PyTree

from wellposed.errors import InputError

from .arrays import described
from .checkpoint import Run, load_run, save_run
from .history import History
from .loop import State, Step, Terms, advance, beside
from .progress import Advance, Progress

Model = TypeVar("Model")
_SECONDS_A_CALL = 0.25  # so often the bar moves and an interrupt is heard
_LARGE_CONSTANT = 2**20  # bytes


class Result(enum.Enum):
    """How a training ended; the value is a sentence."""

    successful = "All steps were taken."
    early_stop = "The validation stopped getting better."
    nonfinite = "The loss or a trained array was NaN or infinite."


@dataclasses.dataclass(frozen=True)
class FitResult(Generic[Model]):
    """What `fit` gives back.

    Attributes:
        model: the trained model: the best on the validation where there is one, else the last (averaged,
            where asked). After a step that is not finite, the best, or the model as it was before that step.
        history: the figures of each step.
        result: how the training ended.
        steps: how many steps were taken, earlier sessions of a resumed run included.
        best_step: after how many of them the validation was best; None without a validation.
        seconds: how long they took, compilation not included.
        compile_seconds: how long the compilation took in this session; next to nothing where `fit` had been
            called before with the same functions and shapes.
    """

    model: Model
    history: History
    result: Result
    steps: int
    best_step: int | None
    seconds: float
    compile_seconds: float


def fit(
    model: Model,
    loss: Callable[..., Any],
    batches: Callable[..., Any],
    optimiser: optax.GradientTransformation,
    *,
    steps: int,
    key: PRNGKeyArray,
    trainable: PyTree | Callable[[Any], bool] = eqx.is_inexact_array,
    average: float | None = None,
    microbatch: int | None = None,
    validate: Callable[..., Any] | None = None,
    every: int = 100,
    patience: int | None = None,
    folder: str | os.PathLike[str] | None = None,
    name: str = "fit",
    settings: Mapping[str, Any] | None = None,
    resume: bool = False,
    save_every: float = 30.0,
    chunk: int = 4096,
    progress: Progress | None = None,
    throw: bool = True,
) -> FitResult[Model]:
    """Train a model by stochastic gradients: `theta <- theta + optimiser(grad loss(theta, batch, key))`.

    Many steps run in one compiled call, on data that stays on the device. Step `s` draws its batch and its
    noise from `fold_in(key, s)`, so a run that is killed and resumed ends with the very bits of one that was
    not, on the same machine and versions. A second `fit` with the same function objects and shapes compiles
    nothing.

    Arrays that `loss`, `batches` or `validate` reach through a closure are compiled into the program, which
    is slow for large ones: hand those over as fields of an `equinox.Module` or by `jax.tree_util.Partial`.

    Args:
        model: any pytree. It is not changed, and its arrays stay usable.
        loss: `(model, batch, key) -> (scalar, terms)`, where `terms` is a dict of scalars to be recorded. It
            sees the whole batch: use `jax.vmap` for a map that takes one sample.
        batches: `(key, step) -> batch`, pure and traceable: `Minibatches`, or a function that makes samples,
            or one that calls a `Minibatches` and adds fresh noise drawn from `key`, which is new in each
            step.
        optimiser: from optax. Clipping and schedules are its business.
        steps: how many steps there shall have been at the end.
        key: what all randomness is drawn from.
        trainable: which leaves are trained, as a pytree of booleans or a function of a leaf (see
            `equinox.partition`); the others stay as they are.
        average: average the trained arrays over about the last `1 / (1 - average)` steps, `mean <- d mean +
            (1 - d) theta` with `d = min(average, s / (s + 1))`, which removes the noise of a stochastic
            optimum; 1.0 averages all steps (Polyak and Juditsky, https://doi.org/10.1137/0330046).
        microbatch: for a loss that is a mean over samples: compute the gradient from pieces of so many samples, in the
            memory of one piece, spread over the devices (`gradient_by_pieces`); on a CPU pieces that fit into the
            cache are faster as well.
        validate: `model -> scalar`, lower is better, pure and traceable; it gets the averaged model where
            there is one. The best model is kept.
        every: validate after so many steps, and at the end.
        patience: stop after so many validations without a better one.
        folder: where the checkpoint `NAME.checkpoint` is kept; None keeps none.
        name: what this training is called, on the progress bar and in the folder.
        settings: plain values that tell this run from others, such as the learning rate, which a checkpoint
            cannot see; a checkpoint with other settings is refused.
        resume: continue from the checkpoint, if there is one, which holds the leaves that are not trained too. False
            starts anew and replaces it.
        save_every: seconds between checkpoints; the last one is written at the end.
        chunk: the most steps in a compiled call; while steps are slow, a call takes fewer, to last 0.25 s. Take
            1 for convolutional networks on a CPU, where XLA runs convolutions inside a loop some 40 times slower.
        progress: where progress is shown; by default bars on the standard error, if that is a terminal.
        throw: raise when a figure is not finite, rather than return with that `result`.

    Returns:
        A `FitResult`.

    Raises:
        FloatingPointError: the loss or a trained array is NaN or infinite, if `throw`; the message names the
            step.
        InputError: the checkpoint belongs to another training or is damaged, or the folder cannot be written
            to.
        ValueError: an argument does not fit, as the message says.

    Example:
        >>> import equinox as eqx, jax, jax.numpy as jnp, optax
        >>> from wellposed.train import Minibatches
        >>> x = jnp.linspace(-1, 1, 64)[:, None]
        >>> def loss(model, batch, key):
        ...     x, y = batch
        ...     return jnp.mean((jax.vmap(model)(x) - y) ** 2), {}
        >>> line = eqx.nn.Linear(1, 1, key=jax.random.key(0))
        >>> batches = Minibatches((x, 2 * x + 1), size=16, key=jax.random.key(1))
        >>> fitted = fit(line, loss, batches, optax.sgd(0.3), steps=200, key=jax.random.key(2))
        >>> fitted.result.name, round(float(fitted.model.bias[0]), 3)
        ('successful', 1.0)
    """
    plan = _Plan(steps, every, patience, chunk, name, validate)
    if average is not None and not 0 <= average <= 1:
        raise ValueError(f"fit expects average in [0, 1], got {average}: 0.999 averages about 1,000 steps.")
    params, frozen = eqx.partition(model, trainable)
    _check_trainable(params)
    step = Step(loss, batches, optimiser, frozen, key, average, microbatch)
    terms = _terms(step, params)
    run = _fresh(step.start(params), terms)
    store = None
    if folder is not None:
        fingerprint = _fingerprint(step, run, plan, settings or {})
        store = _Store(Path(folder) / f"{name}.checkpoint", frozen, fingerprint, save_every)
        run, frozen = store.opened(run, plan, resume)
        step = dataclasses.replace(step, frozen=frozen)
    run = dataclasses.replace(run, state=beside(step.spread(run.state), (step, params)))
    with (progress or Progress()).task(name, total=steps, done=run.step) as show:
        run, failure, compile_seconds = _train(step, run, plan, store, show)
    if failure and throw:
        raise FloatingPointError(failure)
    chosen = run.best if run.best is not None else _current(run.state)
    return FitResult(
        model=eqx.combine(chosen, frozen),
        history=run.history,
        result=_result(failure, run, plan),
        steps=run.step,
        best_step=run.best_step,
        seconds=run.seconds,
        compile_seconds=compile_seconds,
    )


@dataclasses.dataclass(frozen=True)
class _Plan:
    """When to stop, to validate and to come up for air."""

    steps: int
    every: int
    patience: int | None
    chunk: int
    name: str
    validate: Callable[..., Any] | None

    def __post_init__(self):
        for field, least in (("steps", 0), ("every", 1), ("chunk", 1)):
            value = getattr(self, field)
            if value < least:
                raise ValueError(f"fit expects {field} of at least {least}, got {value}.")
        if self.patience is not None and self.validate is None:
            raise ValueError("fit expects validate=... beside patience=..., got None: pass a function of the model.")

    def done(self, run: Run) -> bool:
        return run.step >= self.steps or (self.patience is not None and run.stale >= self.patience)

    def pauses(self, run: Run) -> bool:
        return run.step % self.every == 0 or run.step == self.steps

    def steps_to_pause(self, run: Run) -> int:
        """How many steps may run before the model is needed outside the loop."""
        to_end = self.steps - run.step
        return to_end if self.validate is None else min(to_end, self.every - run.step % self.every)


@dataclasses.dataclass
class _Store:
    """The file that a run is saved to from time to time."""

    path: Path
    frozen: PyTree
    fingerprint: list[str]
    interval: float
    saved_at: float = 0.0
    saved_step: int = -1

    def opened(self, fresh: Run, plan: _Plan, resume: bool) -> tuple[Run, PyTree]:
        """The run that the file holds with its frozen arrays, or a fresh one, which then replaces the file."""
        if not (resume and self.path.exists()):
            self.save(fresh)
            return fresh, self.frozen
        run, self.frozen = load_run(self.path, fresh, self.frozen, self.fingerprint)
        if run.step > plan.steps:
            raise InputError(
                f"{self.path}: expected at most {plan.steps} steps, found {run.step}: "
                "ask for more steps, or do not resume"
            )
        self.saved_at, self.saved_step = time.monotonic(), run.step
        return run, self.frozen

    def save(self, run: Run) -> None:
        save_run(self.path, run, self.frozen, self.fingerprint)
        self.saved_at, self.saved_step = time.monotonic(), run.step

    def save_if_due(self, run: Run, last: bool) -> None:
        due = last or time.monotonic() - self.saved_at >= self.interval
        if due and run.step > self.saved_step:
            self.save(run)


def _train(step: Step, run: Run, plan: _Plan, store: _Store | None, show: Advance) -> tuple[Run, str, float]:
    """Run the plan to its end: how far it came, what failed (or nothing), the seconds of compilation."""
    if plan.done(run):
        return run, "", 0.0
    record = {name: jnp.zeros(plan.chunk, row.dtype) for name, row in run.history.terms.items()}
    run, compile_seconds = _compiled(step, run, record)
    pace = 1
    while not plan.done(run):
        began = time.perf_counter()
        count = min(pace, plan.chunk, plan.steps_to_pause(run))
        run, figures, taken = _advanced(step, run, record, count)
        if taken < count:
            return run, _failure(plan, run, figures, taken), compile_seconds
        pace = _next_pace(count, time.perf_counter() - began)
        if plan.validate is not None and plan.pauses(run):
            run = _validated(step, run, plan.validate)
        run = dataclasses.replace(run, seconds=run.seconds + time.perf_counter() - began)
        show(taken, **{name: float(np.mean(row[:taken])) for name, row in figures.items()})
        if store is not None:
            store.save_if_due(run, last=plan.done(run))
    return run, "", compile_seconds


def _compiled(step: Step, run: Run, record: Terms) -> tuple[Run, float]:
    """Compile the loop by taking no step, and the seconds that it took."""
    began = time.perf_counter()
    run, _, _ = _advanced(step, run, record, 0)
    return run, time.perf_counter() - began


def _advanced(step: Step, run: Run, record: Terms, count: int) -> tuple[Run, dict[str, np.ndarray], int]:
    first = jnp.array(run.step, jnp.int32)
    state, figures, taken = advance((step, first, jnp.array(count, jnp.int32), record), run.state)
    taken = int(taken)
    rows = {name: np.asarray(figures[name]) for name in record}
    history = run.history.extended({name: row[:taken] for name, row in rows.items()})
    return dataclasses.replace(run, state=state, step=run.step + taken, history=history), rows, taken


def _next_pace(count: int, seconds: float) -> int:
    """So many steps that a call takes a quarter of a second, approached from below."""
    return max(1, min(8 * count, int(count * _SECONDS_A_CALL / max(seconds, 1e-6))))


def _validated(step: Step, run: Run, validate: Callable[..., Any]) -> Run:
    current = _current(run.state)
    value = float(_evaluated(validate, current, step.frozen))
    run = dataclasses.replace(run, history=run.history.validated(run.step, value))
    if not value < run.best_value:
        return run
    best = jax.tree.map(jnp.copy, current)  # the loop overwrites the arrays of the state
    return dataclasses.replace(run, best=best, best_value=value, best_step=run.step)


@eqx.filter_jit
def _evaluated(validate: Callable[..., Any], params: PyTree, frozen: PyTree) -> Array:
    return jnp.asarray(validate(eqx.combine(params, frozen)))


def _current(state: State) -> PyTree:
    return state.params if state.average is None else state.average


def _fresh(state: State, terms: dict[str, np.dtype]) -> Run:
    rows = {name: np.empty(0, dtype) for name, dtype in terms.items()}
    return Run(state, 0, History(rows, np.empty(0, np.int64), np.empty(0, np.float64)))


def _result(failure: str, run: Run, plan: _Plan) -> Result:
    if failure:
        return Result.nonfinite
    return Result.successful if run.step == plan.steps else Result.early_stop


def _failure(plan: _Plan, run: Run, figures: Mapping[str, np.ndarray], taken: int) -> str:
    values = {name: float(row[taken]) for name, row in figures.items()}
    shown = ", ".join(f"{name} {value:.4g}" for name, value in values.items())
    what = "a trained array" if np.isfinite(values["loss"]) else "the loss"
    return (
        f"{plan.name}: {what} is NaN or infinite in step {run.step} of {plan.steps} ({shown}): "
        "lower the learning rate, clip the gradient, or look for NaN in the data."
    )


def _terms(step: Step, params: PyTree) -> dict[str, np.dtype]:
    """The names and types of what each step records; warns of large arrays that a closure brings along."""
    jaxpr, (loss, terms), _ = eqx.filter_make_jaxpr(_first_loss)(step, params)
    size = sum(constant.nbytes for constant in jaxpr.consts if hasattr(constant, "nbytes"))
    if size > _LARGE_CONSTANT:
        warnings.warn(
            f"fit: the loss or the batches close over {size / 2**20:.0f} MiB of arrays, which are compiled "
            "into the program: hand them over as fields of an equinox.Module or by jax.tree_util.Partial.",
            stacklevel=3,
        )
    return {name: np.dtype(value.dtype) for name, value in {"loss": loss, **terms}.items()}


def _first_loss(step: Step, params: PyTree) -> tuple[Array, Terms]:
    return step.evaluate(params, jnp.array(0, jnp.int32))


def _check_trainable(params: PyTree) -> None:
    leaves = jax.tree.leaves(params)
    wrong = [leaf for leaf in leaves if not eqx.is_inexact_array(leaf)]
    if wrong or not leaves:
        found = "no leaf at all" if not leaves else f"a leaf of type {getattr(wrong[0], 'dtype', type(wrong[0]))}"
        raise ValueError(f"fit expects trainable leaves to be real or complex JAX arrays, got {found}: see trainable=.")


def _fingerprint(step: Step, run: Run, plan: _Plan, settings: Mapping[str, Any]) -> list[str]:
    """Lines that tell this training from others, the same in every process."""
    batch = eqx.filter_eval_shape(step.batches, step.key, jnp.array(0, jnp.int32))
    parts = {
        "trained": run.state.params,
        "frozen": step.frozen,
        "optimiser": run.state.memory,
        "batch": batch,
    }
    lines = [f"{part} {line}" for part, tree in parts.items() for line in described(tree, values=True)]
    static = re.sub(r"0x[0-9a-f]+", "", str(jax.tree.structure(eqx.combine(run.state.params, step.frozen))))
    return [
        *lines,
        f"static fields {hashlib.sha256(static.encode()).hexdigest()[:12]}",
        f"key {np.asarray(jax.random.key_data(step.key)).tolist()}",
        f"average {step.decay}",
        *([] if step.microbatch is None else [f"microbatch {step.microbatch}"]),
        f"validation every {None if plan.validate is None else plan.every}",
        *(f"settings {name} = {value!r}" for name, value in settings.items()),
    ]
