"""Mean-field games: a crowd, an obstacle and a target, in 2 to 100 dimensions."""

from pathlib import Path
from typing import Any

import jax

from wellposed.recipes.crowd import record
from wellposed.recipes.crowd.apply import apply
from wellposed.recipes.crowd.learn import training
from wellposed.recipes.crowd.sides import dimensions
from wellposed.recipes.crowd.solve import Maps, Mesh, solve
from wellposed.recipes.crowd.solve import build as build_maps
from wellposed.recipes.record import Record
from wellposed.recipes.registry import Recipe
from wellposed.train import Progress
from wellposed.transport import Crowd, crowd

from .page import page
from .problem import posed
from .settings import PRESETS, Settings

SPLITS = ("train", "validation", "test")


def data(settings: Settings, split: str) -> Crowd:
    """Agents where they set out, in the first of the dimensions."""
    key = jax.random.fold_in(jax.random.key(settings.seed), 10 + SPLITS.index(split))
    return crowd(posed(settings, _dimensions(settings)[0]).game, key, settings.batch)


def build(settings: Settings, key: Any) -> Maps:
    """The maps before training."""
    return build_maps({d: posed(settings, d) for d in _dimensions(settings)}, training(settings), key)


def run(settings: Settings, checkpoints: Path) -> Record:
    """Learn, solve, judge and draw."""
    games = {d: posed(settings, d) for d in _dimensions(settings)}
    mesh = Mesh(settings.cells, settings.grid_steps)
    with Progress() as progress:
        found = solve(games, training(settings), mesh, settings.seed, settings.agents, checkpoints, progress)
    return Record(record.metrics(found), page(settings, found), found.maps, record.history(found))


def _dimensions(settings: Settings) -> tuple[int, ...]:
    return dimensions(settings.dim, settings.start, settings.target)


RECIPE = Recipe(Settings, data, build, run, PRESETS, apply=apply)
