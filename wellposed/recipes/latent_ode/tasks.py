"""What is seen of each series, what has to be forecast, and in which units the models work."""

from collections.abc import Mapping
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from wellposed.dynamics import Observations
from wellposed.errors import InputError
from wellposed.io import Series, read_series
from wellposed.simulate import spirals

from .settings import Settings

SPAN = 4.0  # the longest of the user's series, in the models' unit of time
FEWEST = 10  # of the user's series
SHARES = (0.7, 0.15)  # to learn from, and to choose the best state on; the rest are the test


class Units(eqx.Module):
    """Between the data's units and the models': (x - mean) / scale, and time over `time`."""

    mean: Float[Array, " size"]
    scale: Float[Array, " size"]
    time: Float[Array, ""]


class Task(NamedTuple):
    """One comparison, in the models' units.

    Attributes:
        train: what the models see of the series to learn from, and what they have to explain.
        chosen: the same of series on which the best state is chosen; None where there is no danger of learning by rote.
        test: what is seen of the other series.
        ahead: what they did afterwards.
        noisy: whether that is observed, with its noise, or known.
        t1: where the time of training ends.
        far: where that of the forecasts ends.
        units: of the models.
        names: of the values.
        whole: the test series with everything that is known of them, to be drawn.
        chains: to how many chains of forecasts a recurrent network deals out the times ahead, so that its steps are as
            long as the mean gap between observations.
    """

    train: tuple[Observations, Observations]
    chosen: tuple[Observations, Observations] | None
    test: Observations
    ahead: Observations
    noisy: bool
    t1: float
    far: float
    units: Units
    names: tuple[str, ...]
    whole: Observations
    chains: int = 1


def tasks(settings: Settings, repeat: int) -> Mapping[str, Task]:
    """The comparisons of one repeat by their names.

    Raises:
        InputError: for a file that cannot be read, or one with too few series that last, or with a value that is
            never observed in those to learn from.
    """
    if settings.data is not None:
        return {"your series": _own(settings, repeat)}
    return {f"{points} points": spiral_task(settings, points, repeat) for points in settings.observed}


def data(settings: Settings, split: str) -> Observations:
    """The series of a split of the first comparison, in the models' units: all that is known of them."""
    task = next(iter(tasks(settings, 0).values()))
    if split == "validation":
        return task.train[1] if task.chosen is None else task.chosen[1]
    return {"train": task.train[1], "test": task.whole}[split]


def spiral_task(settings: Settings, points: int, repeat: int) -> Task:
    """Spirals of which some points are seen; the truth ahead is without noise."""
    key = jax.random.fold_in(jax.random.key(settings.seed + repeat), points)
    learn_key, test_key = jax.random.split(key)
    learn = spirals(learn_key, settings.spirals, points, ahead=0, noise=settings.noise, starts=(100, 401))
    test = spirals(test_key, settings.test_spirals, points, noise=settings.noise)
    seen, new = (Observations(s.seen_at, s.seen, jnp.ones(s.seen.shape, bool)) for s in (learn, test))
    window = len(learn.ts)
    whole = Observations(jnp.tile(test.ts[None], (len(test.truth), 1)), test.truth, jnp.ones(test.truth.shape, bool))
    ahead = jax.tree.map(lambda a: a[:, window:], whole)
    units = Units(jnp.zeros(2), jnp.ones(2), jnp.ones(()))
    t1, far = float(test.ts[window - 1]), 2.02 * float(test.ts[window - 1])
    return Task((seen, seen), None, new, ahead, False, t1, far, units, ("x", "y"), whole, round(window / points))


def _own(settings: Settings, repeat: int) -> Task:
    """The user's series, split anew in each repeat."""
    assert settings.data is not None
    series = _lasting(settings, read_series(settings.data))
    n = len(series.ids)
    for each in range(max(settings.repeats, repeat + 1)):  # before hours of training, not after some of them
        _check_observed(settings, _take(series, _split(settings, n, each)[0]))
    learn, chosen, test = _split(settings, n, repeat)
    known = np.where(series.mask, series.values, np.nan)[learn].reshape(-1, series.values.shape[2])
    spread = np.nanstd(known, axis=0)
    units = Units(
        jnp.asarray(np.nanmean(known, axis=0), jnp.float32),
        jnp.asarray(np.where(spread > 0, spread, 1.0), jnp.float32),
        jnp.asarray(_durations(series).max() / SPAN, jnp.float32),
    )
    pair = lambda places: (_part(settings, series, units, places), in_units(_take(series, places), units))
    seen, whole = pair(test)
    end = 1.001 * SPAN  # no rounding puts the last time beyond it
    return Task(pair(learn), pair(chosen), seen, _rest(seen, whole), True, end, end, units, series.names, whole)


def _split(settings: Settings, n: int, repeat: int) -> list[np.ndarray]:
    order = np.random.default_rng(settings.seed + repeat).permutation(n)
    return np.split(order, [int(SHARES[0] * n), int((SHARES[0] + SHARES[1]) * n)])


def _check_observed(settings: Settings, learn: Series) -> None:
    for name, observed in zip(learn.names, learn.mask.any(axis=(0, 1)), strict=True):
        if not observed:
            raise InputError(
                f"{settings.data}, column {name}: expected observations in the series to learn from, found none: leave "
                "the column out, or observe it in more series"
            )


def in_units(series: Series, units: Units) -> Observations:
    """Series in the models' units, each from time 0 on."""
    ts = (series.ts - series.ts[:, :1]) / float(units.time)
    values = (series.values - np.asarray(units.mean)) / np.asarray(units.scale)
    return Observations(jnp.asarray(ts, jnp.float32), jnp.asarray(values, jnp.float32), jnp.asarray(series.mask))


def _take(series: Series, places: np.ndarray) -> Series:
    ids = tuple(series.ids[i] for i in places)
    return Series(ids, series.names, series.ts[places], series.values[places], series.mask[places])


def _durations(series: Series) -> np.ndarray:
    return series.ts[:, -1] - series.ts[:, 0]


def _early(settings: Settings, series: Series) -> np.ndarray:
    """Which slots are seen, (n, slots)."""
    return series.ts - series.ts[:, :1] <= settings.seen_part * _durations(series)[:, None]


def _lasting(settings: Settings, series: Series) -> Series:
    """Series with something to see and something to forecast."""
    early, there = _early(settings, series), series.mask.any(axis=2)
    kept = np.flatnonzero((there & early).any(axis=1) & (there & ~early).any(axis=1))
    if len(kept) < FEWEST:
        raise InputError(
            f"{settings.data}: expected at least {FEWEST} series with observations both in the first "
            f"{settings.seen_part:.0%} of their time and after it, found {len(kept)} of {len(series.ids)}: "
            "add series, or change --seen-part"
        )
    return _take(series, kept)


def _part(settings: Settings, series: Series, units: Units, places: np.ndarray) -> Observations:
    """The first part of some series, in slots of its own."""
    some = _take(series, places)
    early = _early(settings, some)
    slots = int(early.sum(axis=1).max())
    cut = in_units(some, units)
    mask = cut.mask & jnp.asarray(early)[:, :, None]
    return Observations(cut.ts[:, :slots], cut.values[:, :slots], mask[:, :slots])


def _rest(seen: Observations, whole: Observations) -> Observations:
    """What follows on what was seen, from the first slot on; padded with the last time."""
    slots = whole.ts.shape[1]
    count = np.asarray(seen.mask.any(axis=2).sum(axis=1))
    places = count[:, None] + np.arange(slots)[None]
    at = jnp.asarray(np.minimum(places, slots - 1))
    mask = jnp.take_along_axis(whole.mask, at[:, :, None], axis=1) & jnp.asarray(places < slots)[:, :, None]
    width = int(np.asarray(mask.any(axis=2)).sum(axis=1).max())
    values = jnp.take_along_axis(whole.values, at[:, :, None], axis=1)
    return Observations(jnp.take_along_axis(whole.ts, at, axis=1)[:, :width], values[:, :width], mask[:, :width])
