"""The data: a density of the plane, a table of MAF, or a table of one's own, standardised."""

import functools
from pathlib import Path
from typing import NamedTuple

import jax
import numpy as np

from wellposed.errors import InputError
from wellposed.io import read_maf, read_table
from wellposed.simulate import TOYS

from .settings import Settings

SPLITS = ("train", "validation", "test")


class Scale(NamedTuple):
    """What a table was standardised by; the densities of the plane are left as they are."""

    mean: np.ndarray
    deviation: np.ndarray


def data(settings: Settings, split: str) -> dict[str, np.ndarray]:
    """The points of a split for each of the places."""
    return {place: _points(settings, place, split) for place in settings.places()}


def scale(settings: Settings) -> Scale | None:
    """Of a table of one's own."""
    if settings.data is None or settings.benchmark != "none":
        return None
    train = _table(settings)[0]
    return Scale(train.mean(0), train.std(0))


def _points(settings: Settings, place: str, split: str) -> np.ndarray:
    if settings.benchmark != "none":
        assert settings.data is not None
        return getattr(_maf(settings.benchmark, settings.data), split).astype(np.float32)
    if settings.data is not None:
        s = scale(settings)
        assert s is not None
        return ((_table(settings)[SPLITS.index(split)] - s.mean) / s.deviation).astype(np.float32)
    key = jax.random.fold_in(jax.random.fold_in(jax.random.key(settings.seed), SPLITS.index(split)), number_of(place))
    n = settings.points if split == "train" else settings.test_points
    return np.asarray(jax.random.permutation(key, TOYS[place](jax.random.fold_in(key, 1), n)))


def number_of(place: str) -> int:
    """A number for the name of a density, for its random numbers."""
    return list(TOYS).index(place) if place in TOYS else len(TOYS)


def _table(settings: Settings) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    assert settings.data is not None
    return _split(settings.data, settings.seed, settings.batch)


_maf = functools.lru_cache(maxsize=1)(read_maf)


@functools.lru_cache(maxsize=1)
def _split(path: Path, seed: int, batch: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    table = read_table(path)
    values = np.random.default_rng(seed).permutation(table.values)
    constant = [name for name, column in zip(table.names, table.values.T, strict=True) if np.ptp(column) == 0]
    if constant:
        raise InputError(
            f"{path}, column {constant[0]}: expected values that differ, found {table.values[0, 0]} alone: leave the "
            "column out, since it has no density"
        )
    held = max(len(values) // 10, 40)
    if len(values) < 2 * held + batch:
        raise InputError(
            f"{path}: expected at least {2 * held + batch} points, a batch of {batch} beside {2 * held} held back, "
            f"found {len(values)}: lower --batch"
        )
    train, validation, test = np.split(values, [len(values) - 2 * held, len(values) - held])
    return train, validation, test
