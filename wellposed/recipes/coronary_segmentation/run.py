"""The run: two networks and two thresholds learn from the same vessels, and are judged on others."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from wellposed.train import FitResult, Progress

from .files import read_folder
from .inputs import Rays, rays_of
from .judge import Score, judge
from .learn import GRAPH, NETWORKS, RadiusMap, RadiusMaps, learn, predict, segments
from .near import Near
from .scan import Scan
from .settings import Settings
from .synthetic import SPLITS, synthetic
from .threshold import HU, SHARE, Window, best_window, connected, threshold_radius

MOST_TUNED = 12  # vessels on which the thresholds are chosen
SHOWN = 3  # vessels on the page


@dataclass(frozen=True)
class Shown:
    """A test vessel for the page, with the radii that each method found."""

    scan: Scan
    rays: Rays
    radii: Mapping[str, np.ndarray]
    scores: Mapping[str, Mapping[str, Score]]


@dataclass(frozen=True)
class Findings:
    """All that a run found.

    Attributes:
        settings: of the run.
        counts: vessels of each split.
        fits: the trainings.
        windows: the thresholds that were chosen.
        scores: method -> for each test vessel, part -> its scores.
        shown: the vessels of the page: the median one of the graph network, the worst, and the best.
        seconds: of what took time, by name.
    """

    settings: Settings
    counts: Mapping[str, int]
    fits: Mapping[str, FitResult[RadiusMap]]
    windows: Mapping[str, Window]
    scores: Mapping[str, Sequence[Mapping[str, Score]]]
    shown: Mapping[str, Shown]
    seconds: Mapping[str, float]

    @property
    def maps(self) -> RadiusMaps:
        """The trained networks."""
        return RadiusMaps({name: fitted.model for name, fitted in self.fits.items()})


def data(settings: Settings, split: str) -> list[Scan]:
    """The scans of a split."""
    return list(_splits(settings)[split].make())


class Split(NamedTuple):
    """How many scans, and what makes them one after the other: volumes are large."""

    total: int
    make: Callable[[], Iterator[Scan]]


def _splits(settings: Settings) -> dict[str, Split]:
    if settings.data is None:
        counts = dict(zip(SPLITS, (settings.vessels, settings.held, settings.test), strict=True))
        make = lambda split, count: Split(count, lambda: (synthetic(settings, split, k) for k in range(count)))
        return {split: make(split, count) for split, count in counts.items()}
    scans = read_folder(settings.data)
    order = np.random.default_rng(settings.seed).permutation(len(scans))
    held, test = max(1, len(scans) // 10), max(1, len(scans) // 5)
    parts = dict(zip(("validation", "test", "train"), np.split(order, [held, held + test]), strict=True))
    return {name: Split(len(part), lambda part=part: (scans[i] for i in part)) for name, part in parts.items()}


def find(settings: Settings, checkpoints: Path, progress: Progress) -> Findings:
    """Everything; trainings that were stopped are taken up."""
    checkpoints.mkdir(parents=True, exist_ok=True)
    splits = _splits(settings)
    clock = time.perf_counter()
    train, tuned = _prepared(splits["train"], settings, progress, MOST_TUNED)
    held, _ = _prepared(splits["validation"], settings, progress, 0)
    prepared = time.perf_counter()
    windows = {kind: best_window(kind, tuned) for kind in (HU, SHARE)}
    chosen = time.perf_counter()
    parts = segments(train, settings), segments(held, settings)
    fits = {name: learn(name, settings, *parts, checkpoints, progress) for name in NETWORKS}
    scores, shown, per_vessel = _judged(splits["test"], settings, fits, windows, progress)
    counts = {name: split.total for name, split in splits.items()}
    seconds = {"volumes": prepared - clock, "thresholds": chosen - prepared, "a_vessel": per_vessel}
    return Findings(settings, counts, fits, windows, scores, shown, seconds)


def _prepared(
    split: Split, settings: Settings, progress: Progress, keep: int
) -> tuple[list[Rays], list[tuple[Scan, Rays, Near]]]:
    """Rays of all scans, and the first few scans whole."""
    several, whole = [], []
    with progress.task("volumes", total=split.total) as advance:
        for scan in split.make():
            rays = rays_of(scan, settings)
            several.append(rays)
            if len(whole) < keep:
                whole.append((scan, rays, Near.of(scan, rays, settings)))
            advance(1)
    return several, whole


def _judged(
    split: Split,
    settings: Settings,
    fits: Mapping[str, FitResult[RadiusMap]],
    windows: Mapping[str, Window],
    progress: Progress,
) -> tuple[dict[str, list[dict[str, Score]]], dict[str, Shown], float]:
    scores: dict[str, list[dict[str, Score]]] = {name: [] for name in (*fits, *windows)}
    several, clocks = [], []
    with progress.task("judging", total=split.total) as advance:
        for scan in split.make():
            rays = rays_of(scan, settings)
            near = Near.of(scan, rays, settings)
            radii, regions = {}, {}
            for name, fitted in fits.items():
                predict(fitted.model, rays)
                clock = time.perf_counter()
                radii[name] = predict(fitted.model, rays)
                clocks.append(time.perf_counter() - clock)
            for name, window in windows.items():
                radii[name] = threshold_radius(scan, rays, near, window, settings)
                regions[name] = connected(scan, rays, near, window)
            each = {name: judge(scan, rays, near, radius, regions.get(name)) for name, radius in radii.items()}
            for name, one in each.items():
                scores[name].append(one)
            several.append(Shown(scan, rays, radii, each))
            advance(1)
    order = np.argsort([one.scores[GRAPH]["all"].dice for one in several])
    named = {"median": order[len(order) // 2], "worst": order[0], "best": order[-1]}
    return scores, {word: several[i] for word, i in named.items()}, float(np.median(clocks))
