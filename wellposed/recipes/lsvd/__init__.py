"""The learned SVD on tomography of real anatomy, beside the classical methods, audited."""

from pathlib import Path
from typing import Any

import jax

from wellposed.recipes.record import Record
from wellposed.recipes.registry import Recipe
from wellposed.train import Progress

from .methods import Methods, build
from .page import audit_page, page
from .pictures import data
from .questions import audited
from .record import history, metrics
from .run import audit_problem, find, gather
from .settings import PRESETS, Settings


def run(settings: Settings, checkpoints: Path) -> Record:
    """Train, compare, audit and draw."""
    with Progress() as progress:
        found = find(settings, checkpoints, progress)
    return Record(metrics(found), page(found), found.methods, history(found))


def audit(settings: Settings, methods: Methods) -> Record:
    """Ask the six questions of the maps of a finished run again."""
    sets = gather(settings, methods.scanner, data(settings, "train"))
    with Progress() as progress:
        answers = audited(
            settings, methods, audit_problem(settings, methods, sets, {}), jax.random.key(settings.seed), progress
        )
    plain: dict[str, Any] = {n: {q: a.to_json() for q, a in of.items()} for n, of in answers.items()}
    return Record({"answers": plain}, audit_page(settings, answers))


RECIPE = Recipe(Settings, data, build, run, PRESETS, audit)
