"""A latent SDE on the stochastic Lorenz system: does its prior, alone, look like the system?"""

from pathlib import Path

from wellposed.recipes.record import Record
from wellposed.recipes.registry import Recipe
from wellposed.train import Progress

from .learn import build
from .page import page
from .paths import data
from .record import history, metrics
from .run import find
from .settings import PRESETS, Settings


def run(settings: Settings, checkpoints: Path) -> Record:
    """Train, draw from the prior, and compare."""
    with Progress() as progress:
        found = find(settings, checkpoints, progress)
    return Record(metrics(found), page(found), found.smoother, history(found))


RECIPE = Recipe(Settings, data, build, run, PRESETS)
