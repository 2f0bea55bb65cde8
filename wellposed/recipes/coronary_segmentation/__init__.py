"""The wall of coronary arteries in CT angiography, by a graph network on a tube."""

from pathlib import Path

from wellposed.recipes.record import Record
from wellposed.recipes.registry import Recipe
from wellposed.train import Progress

from .apply import apply
from .learn import build
from .page import page
from .record import history, metrics
from .run import data, find
from .settings import PRESETS, Settings


def run(settings: Settings, checkpoints: Path) -> Record:
    """Learn, judge and draw."""
    with Progress() as progress:
        found = find(settings, checkpoints, progress)
    return Record(metrics(found), page(found), found.maps, history(found))


RECIPE = Recipe(Settings, data, build, run, PRESETS, apply=apply)
