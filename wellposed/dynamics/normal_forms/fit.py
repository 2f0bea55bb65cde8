"""The training of normal-form autoencoders, several seeds in one program."""

import dataclasses
import math
import os
from typing import Any, Literal, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
from jaxtyping import Array, Key

from wellposed.nn import Perceptron
from wellposed.simulate import Trajectories
from wellposed.train import FitResult, Progress, fit

from .autoencoder import Coder, NormalFormAutoencoder, Units
from .form import NormalForm
from .loss import NormalFormLoss
from .monotone import FreeMap, MonotoneMap, ParameterMap
from .start import AffineStart, affine_start
from .windows import DrawnWindows, Windows

Orientation = Literal["monotone", "penalty", "sign"]
USUAL_LOSS = NormalFormLoss()
_SAMPLES = 512  # that the affine start is fitted to


class Stage(NamedTuple):
    """A part of the training.

    Attributes:
        steps: of Adam.
        rate: its learning rate, which falls to zero by a cosine.
        length: times in each piece of trajectory.
        pieces: in a batch.
        every: so many times of the data from one in the piece to the next.
    """

    steps: int
    rate: float
    length: int
    pieces: int
    every: int = 1


class Architecture(NamedTuple):
    """The sizes of the networks.

    Attributes:
        widths: of the encoder's hidden layers; the decoder has them in reverse.
        parameter_widths: of the hidden layers of a `FreeMap`; the first is the width of a `MonotoneMap`.
        time_degree: of log tau^2 in the parameter; 0 is the published constant.
        orientation: how beta is kept monotone.
        parametric: whether the coordinates depend on the parameter.
    """

    widths: tuple[int, ...] = (32, 16)
    parameter_widths: tuple[int, ...] = (16, 16)
    time_degree: int = 0
    orientation: Orientation = "monotone"
    parametric: bool = False


USUAL = Architecture()


class NormalFormFit(NamedTuple):
    """Trained autoencoders.

    Attributes:
        models: all seeds as one pytree; each array has the seeds as its first axis.
        stages: what `train.fit` said of each part of the training.
        residual: what the affine start left unexplained.
    """

    models: NormalFormAutoencoder
    stages: tuple[FitResult[NormalFormAutoencoder], ...]
    residual: float

    def seed(self, k: int) -> NormalFormAutoencoder:
        """The autoencoder of one seed."""
        return one_of(self.models, k)


def one_of(models: NormalFormAutoencoder, k: int) -> NormalFormAutoencoder:
    """The autoencoder of one seed of several."""
    return jax.tree.map(lambda leaf: leaf[k] if eqx.is_array(leaf) else leaf, models)


def fit_normal_form(
    form: NormalForm,
    trajectories: Trajectories,
    stages: tuple[Stage, ...],
    architecture: Architecture = USUAL,
    loss: NormalFormLoss = USUAL_LOSS,
    *,
    seeds: int = 1,
    key: Key[Array, ""],
    folder: str | os.PathLike[str] | None = None,
    name: str = "normal form",
    resume: bool = False,
    progress: Progress | None = None,
) -> NormalFormFit:
    """Learn the coordinates, the parameter map and the time scale that bring trajectories to a normal form.

    All seeds share the trajectories and the affine start; they differ in the networks' weights and in the order of
    the data. They are trained in one compiled program, and none of them sees another.

    Args:
        form: the normal form.
        trajectories: with slopes and one parameter each.
        stages: of the training, one after the other.
        architecture: of the networks.
        loss: what is minimised.
        seeds: how many are trained at once.
        key: of everything random.
        folder: where checkpoints are kept.
        name: of the training, on the progress bar and in the folder.
        resume: continue from the checkpoints.
        progress: where it is shown.

    Raises:
        ValueError: slopes or parameters are missing, the parameters or the states do not vary, or nothing counts.

    Example:
        >>> from wellposed.dynamics import SaddleNode
        >>> from wellposed.simulate import SADDLE_NODE, scalar_trajectories
        >>> starts, p = np.linspace(-0.2, 0.1, 40), np.linspace(-6.06, -5.97, 40)[::-1]
        >>> data = scalar_trajectories(SADDLE_NODE, starts, p, np.linspace(0.0, 2.0, 21), 0.3)
        >>> found = fit_normal_form(SaddleNode(), data, (Stage(50, 1e-3, 10, 16),), key=jax.random.key(0))
        >>> bool(abs(found.seed(0).bifurcation() + 6.0) < 0.01)
        True
    """
    windows, units = in_units(trajectories)
    start = _start(form, windows, key, architecture)
    keys = jax.random.split(jax.random.fold_in(key, 1), seeds)
    models = eqx.filter_vmap(lambda key: begin(form, units, start, architecture, key))(keys)
    done: list[FitResult[NormalFormAutoencoder]] = []
    for number, stage in enumerate(stages):
        batches = _batches(windows, stage, seeds)
        schedule = optax.warmup_cosine_decay_schedule(0.0, stage.rate, max(1, stage.steps // 20), stage.steps, 0.0)
        result = fit(
            models,
            dataclasses.replace(loss, substeps=_substeps(windows, stage, start)),
            batches,
            optax.adam(schedule),
            steps=stage.steps,
            key=jax.random.fold_in(key, 2 + number),
            trainable=trained(models),
            folder=folder,
            name=f"{name} {number + 1}",
            settings={**stage._asdict(), **dataclasses.asdict(loss)},
            resume=resume,
            progress=progress,
        )
        models = result.model
        done.append(result)
    return NormalFormFit(models, tuple(done), float(start.residual))


def _batches(windows: Windows, stage: Stage, seeds: int) -> DrawnWindows:
    times = windows.inside.shape[1]
    every = min(stage.every, times - 1)
    length = min(stage.length, (times - 1) // every + 1)
    return DrawnWindows(windows, jnp.sum(windows.inside, axis=1), length, every, stage.pieces, seeds)


def _substeps(windows: Windows, stage: Stage, start: AffineStart) -> int:
    """So many Runge-Kutta steps between two times that one turns an oscillation by a quarter of a radian at most."""
    turned = float(jnp.max(windows.intervals)) * stage.every * float(jnp.exp(-start.log_time))
    return max(1, min(64, math.ceil(turned / 0.25)))


def trained(models: NormalFormAutoencoder) -> Any:
    """Which leaves are trained: all arrays but the units, the centres and the direction of a monotone map."""
    mask = jax.tree.map(eqx.is_inexact_array, models)
    fixed: list[Any] = [lambda m: m.units, lambda m: m.encoder.c, lambda m: m.decoder.c]
    if isinstance(models.parameter_map, MonotoneMap):
        fixed.append(lambda m: m.parameter_map.direction)
    for part in fixed:
        mask = eqx.tree_at(part, mask, replace_fn=lambda leaf: jax.tree.map(lambda _: False, leaf))
    return mask


def in_units(trajectories: Trajectories) -> tuple[Windows, Units]:
    """Trajectories as the networks see them, and the units that this takes.

    Raises:
        ValueError: slopes or parameters are missing, the parameters or the states do not vary, or nothing counts.
    """
    _, states, slopes, parameters, inside = trajectories
    if slopes is None or parameters is None:
        raise ValueError("fit_normal_form expects trajectories with slopes and parameters: see smoothed_slopes.")
    low, high = float(np.min(parameters)), float(np.max(parameters))
    if not low < high:
        raise ValueError(f"fit_normal_form expects parameters that vary, got {low} throughout.")
    counts = np.ones(states.shape[:2], bool) if inside is None else np.asarray(inside)
    if not counts.any():
        raise ValueError("fit_normal_form expects samples that count, got `inside` False throughout.")
    centre = np.asarray(states)[counts].mean(axis=0)
    states = states - centre
    size, slope = (float(np.sqrt(np.mean(np.square(np.asarray(part)[counts])))) for part in (states, slopes))
    if not (size > 0 and slope > 0):
        raise ValueError("fit_normal_form expects states that vary and slopes other than 0, got constant ones.")
    middle, half = (low + high) / 2, (high - low) / 2
    full = (len(states), states.shape[1] - 1)
    plain = (
        states / size,
        slopes / size,
        (np.asarray(parameters) - middle) / half,
        counts,
        np.broadcast_to(np.diff(trajectories.ts), full),
    )
    single = lambda part: jnp.asarray(part, bool if np.asarray(part).dtype == bool else jnp.float32)
    units = Units(*(single(part) for part in (centre, size, slope / size, middle, half, 1.0)))
    return Windows(*(single(part) for part in plain)), units


def _start(form: NormalForm, windows: Windows, key: Key[Array, ""], architecture: Architecture) -> AffineStart:
    rows, times = np.nonzero(np.asarray(windows.inside))
    some = np.asarray(jax.random.permutation(jax.random.fold_in(key, 0), len(rows)))[:_SAMPLES]
    rows, times, varying = rows[some], times[some], architecture.time_degree > 0
    return affine_start(form, windows.states[rows, times], windows.slopes[rows, times], windows.alphas[rows], varying)


def begin(
    form: NormalForm, units: Units, start: AffineStart, architecture: Architecture, key: Key[Array, ""]
) -> NormalFormAutoencoder:
    """An autoencoder before training: the affine start, and perceptrons that add next to nothing."""
    d, n = start.weight.shape
    there, back, parameter = jax.random.split(key, 3)
    widths = architecture.widths
    drifts = [jnp.zeros(width) if architecture.parametric else None for width in (widths[0], widths[-1])]
    encoder = Perceptron((n, *widths, d), jnp.tanh, key=there, gain=0.01)
    decoder = Perceptron((d, *widths[::-1], n), jnp.tanh, key=back, gain=0.01)
    zero = jnp.zeros(n)
    bound = 4.0 * jnp.max(jnp.linalg.norm(start.weight, axis=1) * jnp.sqrt(n) + jnp.abs(start.offset))
    times = jnp.stack([start.log_time, start.log_time_slope * jnp.ones(())])[: architecture.time_degree + 1]
    return NormalFormAutoencoder(
        form if start.form is None else start.form,
        Coder(start.weight, zero, start.offset, encoder, drifts[0]),
        Coder(start.inverse, start.offset, zero, decoder, drifts[1]),
        _parameter_map(start, architecture, parameter),
        jnp.concatenate([times, jnp.zeros(architecture.time_degree + 1 - times.size)]),
        dataclasses.replace(units, bound=bound),
    )


def untrained(form: NormalForm, size: int, architecture: Architecture, key: Key[Array, ""]) -> NormalFormAutoencoder:
    """An autoencoder with the structure of a trained one, which knows nothing of any data yet.

    Args:
        form: the normal form.
        size: components of a state.
        architecture: of the networks.
        key: of the weights.
    """
    one, d = jnp.ones(()), form.dimension
    flat = jnp.eye(d, size)
    start = AffineStart(flat, flat.T, jnp.zeros(d), 0 * one, one, 0 * one, one)
    return begin(form, Units(jnp.zeros(size), one, one, 0 * one, one, one), start, architecture, key)


def _parameter_map(start: AffineStart, architecture: Architecture, key: Key[Array, ""]) -> ParameterMap:
    if architecture.orientation != "monotone":
        return FreeMap(architecture.parameter_widths, key)
    direction = jnp.sign(start.slope)
    width = architecture.parameter_widths[0]
    return MonotoneMap(direction * start.intercept, jnp.abs(start.slope), direction, width, key)
