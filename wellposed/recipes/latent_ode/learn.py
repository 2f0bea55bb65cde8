"""The models that are compared, and how they are trained."""

import functools
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
from jaxtyping import Array, Float, Key

from wellposed.dynamics import (
    Continuity,
    Forecast,
    LatentODE,
    Lesson,
    Lessons,
    Observations,
    SeriesRNN,
    negative_elbo,
    series_rnn_loss,
)
from wellposed.train import FitResult, Minibatches, Progress, fit

from .settings import Settings
from .tasks import Task, Units, tasks

ODE, PLAIN, LAST = "latent ODE with continuity", "latent ODE", "last value"
RNN, GATED = "our RNN", "our gated RNN"
CHOICES = 10  # how often the state is compared with the best so far, where there are series for it


class Methods(eqx.Module):
    """The trained maps of one comparison, and the units in which they work."""

    ode: LatentODE
    plain: LatentODE
    rnn: SeriesRNN
    gated: SeriesRNN
    units: Units

    def learned(self) -> dict[str, Any]:
        """The maps by their names."""
        return {ODE: self.ode, PLAIN: self.plain, RNN: self.rnn, GATED: self.gated}


class Score(NamedTuple):
    """How good the forecasts of a model are, in the models' unit.

    Attributes:
        rmse: root mean square error of all values ahead.
        by_time: the same at each slot ahead.
        covered: the part of the values that lie in the 95 % band; NaN for a model that gives none.
    """

    rmse: float
    by_time: np.ndarray
    covered: float


def build(settings: Settings, key: Key[Array, ""]) -> Methods:
    """The maps of the last comparison before training."""
    return untrained(settings, list(tasks(settings, 0).values())[-1], key)


def untrained(settings: Settings, task: Task, key: Key[Array, ""]) -> Methods:
    """The maps of a comparison before training."""
    keys, size = jax.random.split(key, 3), len(task.names)
    ode = LatentODE(
        size,
        t1=task.t1,
        steps=settings.solver_steps,
        key=keys[0],
        latent=settings.latent,
        width=settings.width,
        hidden=settings.hidden,
        cell=settings.cell,
        noise=settings.noise,
    )
    rnn, gated = (
        SeriesRNN(size, key=k, hidden=settings.hidden, cell=cell, noise=settings.noise)
        for k, cell in zip(keys[1:], ("rnn", "gru"), strict=True)
    )
    return Methods(ode, ode, rnn, gated, task.units)


def teach(
    settings: Settings, task: Task, repeat: int, name: str, folder: Path, progress: Progress
) -> tuple[Methods, dict[str, FitResult]]:
    """The trained maps of one comparison."""
    key = jax.random.fold_in(jax.random.key(settings.seed + repeat), 1)
    methods = untrained(settings, task, key)
    size = min(settings.batch, len(task.train[0].ts))
    samples, rise = Minibatches(task.train, size, key=jax.random.fold_in(key, 1)), settings.steps // 20
    whole, cut = Lessons(samples, rise), Lessons(samples, rise, settings.cut)
    losses: Mapping[str, Callable] = {
        ODE: Continuity(settings.continuity),
        PLAIN: negative_elbo,
        RNN: series_rnn_loss,
        GATED: series_rnn_loss,
    }
    fits = {
        what: fit(
            model,
            losses[what],
            cut if what == ODE else whole,
            _optimiser(settings.rate, settings.steps),
            steps=settings.steps,
            key=jax.random.fold_in(key, 2),
            validate=_validation(losses[what], task),
            every=max(1, settings.steps // CHOICES),
            folder=folder,
            name=f"{what}, {name}, repeat {repeat}",
            settings={"steps": settings.steps, "rate": settings.rate, "batch": size},
            resume=True,
            progress=progress,
        )
        for what, model in methods.learned().items()
    }
    trained = {what: fits[what].model for what in losses}
    return Methods(trained[ODE], trained[PLAIN], trained[RNN], trained[GATED], task.units), fits


@functools.cache
def _optimiser(rate: float, steps: int) -> optax.GradientTransformation:
    """One object for all trainings of a run, so that they share their compiled steps."""
    return optax.chain(optax.clip_by_global_norm(10.0), optax.adam(optax.cosine_decay_schedule(rate, steps)))


def _validation(loss: Callable, task: Task) -> Callable | None:
    if task.chosen is None:
        return None
    return jax.tree_util.Partial(_validated, jax.tree_util.Partial(loss), Lesson(*task.chosen, jnp.ones(())))


def _validated(loss: Callable, lesson: Lesson, model: Any) -> Array:
    return loss(model, lesson, jax.random.key(0))[0]


def forecasts(settings: Settings, model: Any, task: Task, seen: Observations, ts: Float[Array, "n times"]) -> Forecast:
    """What a model says about series at later times, in its units: each part has the series as its first axis."""
    keys = jax.random.split(jax.random.key(settings.seed), len(ts))
    model = model.until(task.far) if isinstance(model, LatentODE) and task.far > task.t1 else model
    return jax.tree.map(np.asarray, _forecasts(model, seen, ts, keys, settings.samples, task.chains))


@eqx.filter_jit
def _forecasts(model: Any, seen: Observations, ts: Array, keys: Array, samples: int, chains: int) -> Forecast:
    def one(series: tuple[Observations, Array, Array]) -> Forecast:
        seen, ts, key = series
        if isinstance(model, LatentODE):
            return model.forecast(seen, ts, key, samples)
        mean = model(seen, ts, chains)
        return Forecast(mean, jnp.full_like(mean, jnp.nan), jnp.exp(model.log_noise))

    return jax.lax.map(one, (seen, ts, keys), batch_size=64)


def last_values(seen: Observations, ts: Float[Array, "n times"]) -> Forecast:
    """The last observed value of each, whatever the time: what any forecast has to beat."""
    values, mask = np.asarray(seen.values), np.asarray(seen.mask)
    slots = mask.shape[1]
    last = slots - 1 - np.argmax(mask[:, ::-1], axis=1)  # (n, size)
    value = np.where(mask.any(axis=1), np.take_along_axis(values, last[:, None], axis=1)[:, 0], 0)
    mean = np.repeat(value[:, None], ts.shape[1], axis=1)
    unknown = np.full_like(mean, np.nan)
    return Forecast(mean, unknown, unknown[:, 0])


def score(task: Task, found: Forecast) -> Score:
    """Compare forecasts with what came."""
    mask = np.asarray(task.ahead.mask)
    error = np.where(mask, found.mean - np.where(mask, task.ahead.values, 0), 0)
    count = np.maximum(mask.sum(axis=(0, 2)), 1)
    noise = np.reshape(found.noise, (len(error), 1, -1)) if task.noisy else 0.0
    band = 1.96 * np.sqrt(found.spread**2 + noise**2)
    covered = (np.abs(error) <= band)[mask].mean() if np.isfinite(found.spread).all() else np.nan
    rmse = np.sqrt((error**2).sum() / mask.sum())
    return Score(float(rmse), np.sqrt((error**2).sum(axis=(0, 2)) / count), float(covered))
