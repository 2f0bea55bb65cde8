"""Optimal transport: by a potential in every dimension, on a grid in the plane, between samples."""

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

from .oracle import oracle
from .page import page
from .problem import posed, sides
from .settings import PRESETS, Settings
from .static import static

SPLITS = ("train", "validation", "test")


def data(settings: Settings, split: str) -> Crowd:
    """Samples of the source, in the first of the dimensions."""
    key = jax.random.fold_in(jax.random.key(settings.seed), 10 + SPLITS.index(split))
    return crowd(posed(settings, _dimensions(settings)[0]).game, key, settings.batch)


def build(settings: Settings, key: Any) -> Maps:
    """The maps before training."""
    return build_maps({d: posed(settings, d) for d in _dimensions(settings)}, training(settings), key)


def run(settings: Settings, checkpoints: Path) -> Record:
    """Learn, solve, judge and draw."""
    games = {d: posed(settings, d) for d in _dimensions(settings)}
    mesh = Mesh(settings.cells, settings.grid_steps)
    known = settings.oracle_dim if settings.source is None else ()
    with Progress() as progress:
        plans = {d: static(sides(settings, d), settings.samples, settings.seed) for d in games}
        found = solve(games, training(settings), mesh, settings.seed, settings.agents, checkpoints, progress)
        oracles = {d: oracle(d, settings.oracle_iterations, settings.seed, checkpoints, progress) for d in known}
    numbers = record.metrics(found) | {
        "gaussians": {str(d): _oracle(of) for d, of in oracles.items()},
        "plans": {str(d): vars(of) for d, of in plans.items()},
    }
    return Record(numbers, page(settings, found, oracles, plans), found.maps, record.history(found))


def _dimensions(settings: Settings) -> tuple[int, ...]:
    return dimensions(settings.dim, settings.source, settings.target)


def _oracle(of: Any) -> dict[str, Any]:
    stages = [vars(stage) | {"objective": stage.objective._asdict()} for stage in of.stages]
    return {"stages": stages, "squared_distance": of.distance, "seconds": of.seconds}


RECIPE = Recipe(Settings, data, build, run, PRESETS, apply=apply)
