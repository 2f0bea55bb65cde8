"""The talk's open questions: networks that know their equation, double descent, and Barron's rate."""

from pathlib import Path

from wellposed.recipes.record import Record
from wellposed.recipes.registry import Recipe
from wellposed.train import Progress

from .page import page
from .record import history, metrics
from .run import build, data, find
from .settings import PRESETS, Settings


def run(settings: Settings, checkpoints: Path) -> Record:
    """Learn, fit, measure and draw."""
    with Progress() as progress:
        found = find(settings, checkpoints, progress)
    return Record(metrics(found), page(found), found.maps, history(found))


RECIPE = Recipe(Settings, data, build, run, PRESETS)
