"""The trained OT-Flow applied to tables of points."""

from collections.abc import Sequence
from pathlib import Path

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from wellposed.errors import InputError
from wellposed.io import Table, read_table, write_table

from .maps import Maps
from .settings import Settings


def apply(settings: Settings, maps: Maps, files: Sequence[Path], folder: Path) -> Sequence[Path]:
    """For each table one of the same format: where its points lie in base space, and their log densities in nats.

    Raises:
        InputError: a table has another number of columns.
    """
    tables = [read_table(path) for path in files]
    d = len(maps.mean)
    for path, table in zip(files, tables, strict=True):
        if table.values.shape[1] != d:
            raise InputError(
                f"{path}: expected {d} columns, as the flow was trained on, found {table.values.shape[1]}: give "
                "the same quantities"
            )
    names = (*(f"z{i + 1}" for i in range(d)), "log_density")
    targets = [folder / path.name for path in files]
    for table, target in zip(tables, targets, strict=True):
        answers = _answers(maps, jnp.asarray(table.values, jnp.float32))
        write_table(target, Table(names, np.asarray(answers, np.float64)))
    return targets


@eqx.filter_jit
def _answers(maps: Maps, points: jax.Array) -> jax.Array:
    return jax.lax.map(maps, points, batch_size=1024)
