"""Stochastic mean-field games: a crowd with noise, its value function, and a bound on how far it is from optimal."""

from pathlib import Path

from wellposed.recipes.record import Record
from wellposed.recipes.registry import Recipe
from wellposed.train import Progress

from .page import page
from .problem import build, data
from .record import history, metrics, rounded
from .run import find
from .settings import PRESETS, Settings


def run(settings: Settings, checkpoints: Path) -> Record:
    """Learn, certify and draw."""
    with Progress() as progress:
        found = find(settings, checkpoints, progress)
    return Record(metrics(found), page(found), rounded(found), history(found))


RECIPE = Recipe(Settings, data, build, run, PRESETS)
