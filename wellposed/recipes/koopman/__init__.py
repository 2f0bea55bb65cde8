"""A Koopman autoencoder on the pendulum, over seeds."""

from pathlib import Path

from wellposed.recipes.record import Record
from wellposed.recipes.registry import Recipe
from wellposed.train import Progress

from .learn import build, data
from .page import page
from .run import find, history, metrics
from .settings import PRESETS, Settings


def run(settings: Settings, checkpoints: Path) -> Record:
    """Train from several seeds, judge each on new swings, and draw the best."""
    with Progress() as progress:
        found = find(settings, checkpoints, progress)
    return Record(metrics(found), page(found), found.best.model, history(found))


RECIPE = Recipe(Settings, data, build, run, PRESETS)
