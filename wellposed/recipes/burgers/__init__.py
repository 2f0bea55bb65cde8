"""A physics-informed network for Burgers' equation: its solution, and its coefficients from measurements."""

from pathlib import Path

from wellposed.recipes.record import Record
from wellposed.recipes.registry import Recipe
from wellposed.train import Progress

from .page import page
from .reference import data
from .run import build, find, history, metrics, rounded
from .settings import PRESETS, Settings


def run(settings: Settings, checkpoints: Path) -> Record:
    """Solve the forward problem and the inverse one with and without noise, and draw."""
    with Progress() as progress:
        found = find(settings, checkpoints, progress)
    return Record(metrics(found), page(found), rounded(found.forward.model), history(found))


RECIPE = Recipe(Settings, data, build, run, PRESETS)
