"""`wellposed apply`: forecasts of series in files, written as tables."""

from collections.abc import Sequence
from pathlib import Path

import jax.numpy as jnp
import numpy as np

from wellposed.errors import InputError
from wellposed.io import read_series, write_csv

from .learn import Methods, forecasts
from .settings import Settings
from .tasks import in_units, tasks

TIMES = 101


def apply(settings: Settings, methods: Methods, files: Sequence[Path], out: Path) -> Sequence[Path]:
    """The path of the latent ODE with continuity through each series, and on to the end of the time that it knows.

    Everything in a file is seen. The answer is a CSV table: series, time, and for each value its mean, its spread and
    the standard deviation of an observation's noise, all in the file's units.

    Raises:
        InputError: a file has other values than the series of training, or series that last longer.
    """
    task = list(tasks(settings, 0).values())[-1]
    answers = []
    for path in files:
        series = read_series(path)
        if len(series.names) != len(task.names):
            raise InputError(
                f"{path}: expected {len(task.names)} values, as the run was trained on ({', '.join(task.names)}), "
                f"found {len(series.names)}: give the same columns"
            )
        seen = in_units(series, methods.units)
        longest = float(seen.ts.max())
        if longest > task.far:
            limit = task.far * float(methods.units.time)
            raise InputError(
                f"{path}: expected series that last {limit:g} at most, found one of "
                f"{longest * float(methods.units.time):g}: cut them, or train on longer ones"
            )
        ts = jnp.tile(jnp.linspace(0, task.far, TIMES)[None], (len(series.ids), 1))
        answers.append((series, forecasts(settings, methods.ode, task, seen, ts), ts))
    targets = [out / f"{path.stem}.csv" for path in files]
    for target, (series, forecast, ts) in zip(targets, answers, strict=True):
        _write(target, methods, series, forecast, np.asarray(ts))
    return targets


def _write(target: Path, methods: Methods, series, forecast, ts: np.ndarray) -> None:
    mean, scale = np.asarray(methods.units.mean), np.asarray(methods.units.scale)
    columns = [f"{name}{what}" for name in series.names for what in ("", " spread", " noise")]
    rows = []
    for i, name in enumerate(series.ids):
        times = series.ts[i, 0] + ts[i] * float(methods.units.time)
        noise = np.broadcast_to(forecast.noise[i] * scale, forecast.mean[i].shape)
        parts = (mean + scale * forecast.mean[i], scale * forecast.spread[i], noise)
        table = np.stack(parts, axis=2).reshape(len(times), -1)
        rows += [[name, float(t), *row.tolist()] for t, row in zip(times, table, strict=True)]
    write_csv(target, ["series", "time", *columns], rows)
