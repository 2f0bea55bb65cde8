"""Learned maps applied to tables of points."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from wellposed.errors import InputError
from wellposed.io import Table, read_table, write_table

from .solve import Maps


def apply(settings: Any, maps: Maps, files: Sequence[Path], folder: Path) -> Sequence[Path]:
    """For each table one of the same format: where the map of its dimension takes the points.

    Raises:
        InputError: no map takes points of a table's dimension.
    """
    tables = [read_table(path) for path in files]
    for path, table in zip(files, tables, strict=True):
        if str(table.values.shape[1]) not in maps.maps:
            raise InputError(
                f"{path}: expected points of {', '.join(maps.maps)} dimensions, as the maps were trained on, found "
                f"{table.values.shape[1]} columns: give the same quantities"
            )
    targets = [folder / path.name for path in files]
    for table, target in zip(tables, targets, strict=True):
        moved = _moved(maps, jnp.asarray(table.values, jnp.float32))
        write_table(target, Table(table.names, np.asarray(moved, np.float64)))
    return targets


@eqx.filter_jit
def _moved(maps: Maps, points: jax.Array) -> jax.Array:
    return jax.lax.map(maps, points, batch_size=1024)
