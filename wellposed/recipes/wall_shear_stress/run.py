"""The run: all networks learn from the same meshes, and are judged on others."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import equinox as eqx
import jax

from wellposed.train import FitResult, Progress

from .arteries import Artery, split
from .inputs import Sample, sampled, samples, stacked
from .judge import Judged, judge_network, judge_predictor, rotations
from .learn import learn
from .networks import StressMap, Units, network
from .predictors import poiseuille, training_mean
from .settings import Settings

MEAN, POISEUILLE = "training mean", "Poiseuille"


class StressMaps(eqx.Module):
    """The trained networks, by name."""

    maps: dict[str, StressMap]
    first: str = eqx.field(static=True)


@dataclass(frozen=True)
class Findings:
    """All that a run found.

    Attributes:
        settings: of the run.
        counts: meshes of each split.
        vertices: smallest and largest number of a wall.
        fits: the trainings.
        judged: network or predictor -> its errors.
        test: the test meshes.
        preparation_seconds: of a wall's scales and features, in the mean.
    """

    settings: Settings
    counts: Mapping[str, int]
    vertices: tuple[int, int]
    fits: Mapping[str, FitResult[StressMap]]
    judged: Mapping[str, Judged]
    test: list[Artery]
    preparation_seconds: float

    @property
    def maps(self) -> StressMaps:
        """The trained networks; GEM stands first if it is there."""
        first = "GEM" if "GEM" in self.fits else next(iter(self.fits))
        return StressMaps({name: fitted.model for name, fitted in self.fits.items()}, first)


def build(settings: Settings, key: jax.Array) -> StressMaps:
    """The networks before training."""
    maps = {name: network(name, settings, Units.nothing(), key) for name in settings.networks}
    return StressMaps(maps, "GEM" if "GEM" in maps else next(iter(maps)))


def data(settings: Settings, part: str) -> list[Artery]:
    """The arteries of a split."""
    return split(settings)[part]


def find(settings: Settings, checkpoints: Path, progress: Progress) -> Findings:
    """Everything; trainings that were stopped are taken up."""
    checkpoints.mkdir(parents=True, exist_ok=True)
    parts = dict(split(settings))
    turns = rotations(len(parts["test"]), settings.seed + 1)
    parts["turned"] = [artery.moved(turn) for artery, turn in zip(parts["test"], turns, strict=True)]
    clock = time.perf_counter()
    made = _prepared(parts, settings, progress)
    seconds = (time.perf_counter() - clock) / sum(len(of) for of in parts.values())
    train, held = stacked(made["train"]), stacked(made["validation"])
    fits, judged = {}, {}
    for name, predictor in ((MEAN, training_mean), (POISEUILLE, poiseuille)):
        judged[name] = judge_predictor(predictor(parts["train"]), parts["test"], parts["turned"])
    for name in settings.networks:
        fits[name] = learn(name, settings, train, held, checkpoints, progress)
        judged[name] = judge_network(fits[name].model, parts["test"], parts["turned"], made["test"], made["turned"])
    sizes = [artery.mesh.vertices for of in parts.values() for artery in of]
    counts = {name: len(of) for name, of in parts.items() if name != "turned"}
    return Findings(settings, counts, (min(sizes), max(sizes)), fits, judged, parts["test"], seconds)


def _prepared(parts: Mapping[str, list[Artery]], settings: Settings, progress: Progress) -> dict[str, list[Sample]]:
    """Samples of one size, with a progress bar."""
    everything = [artery for of in parts.values() for artery in of]
    several = []
    with progress.task("neighbourhoods", total=len(everything)) as advance:
        for artery in everything:
            several += sampled([artery], settings)
            advance(1)
    all_samples = iter(samples(everything, several))
    return {name: [next(all_samples) for _ in of] for name, of in parts.items()}
