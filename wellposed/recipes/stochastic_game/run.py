"""The run: both steps at two diffusivities with their bounds, and APAC-Net in its environments."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import jax

from wellposed.train import Progress

from .apac import ENVIRONMENTS, Played, play
from .obstacle import Crossing, cross
from .problem import HIGH, LOW, build
from .settings import Settings


@dataclass(frozen=True)
class Findings:
    """All that a run found.

    Attributes:
        settings: of the run.
        crossings: of the obstacle, `LOW` and `HIGH`; empty where not asked for.
        played: environment -> what APAC-Net learned in it.
    """

    settings: Settings
    crossings: Mapping[str, Crossing]
    played: Mapping[str, Played]


def find(settings: Settings, checkpoints: Path, progress: Progress) -> Findings:
    """Everything that was asked for; the value functions in double precision, for their last digits."""
    checkpoints.mkdir(parents=True, exist_ok=True)
    crossings = {}
    if settings.plays("obstacle"):
        with jax.enable_x64(True):
            start = build(settings, jax.random.key(settings.seed))
            for name, nu, value in ((LOW, settings.low, start.low), (HIGH, settings.high, start.high)):
                crossings[name] = cross(settings, name, nu, value, checkpoints, progress)
    played = {
        name: play(settings, name, environment(), checkpoints, progress)
        for name, environment in ENVIRONMENTS.items()
        if settings.plays(name)
    }
    return Findings(settings, crossings, played)
