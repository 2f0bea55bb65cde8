"""Latent ODEs on irregular time series, beside recurrent networks, audited."""

from pathlib import Path

from wellposed.recipes.record import Record
from wellposed.recipes.registry import Recipe
from wellposed.train import Progress

from .answer import apply
from .learn import build
from .page import audit_page, page
from .questions import ask
from .record import history, metrics
from .run import find
from .settings import PRESETS, Settings
from .tasks import data


def run(settings: Settings, checkpoints: Path) -> Record:
    """Train, compare, audit and draw."""
    with Progress() as progress:
        found = find(settings, checkpoints, progress)
    return Record(metrics(found), page(found), found.methods, history(found))


def audit(settings: Settings, methods) -> Record:
    """Ask the six questions of the maps of a finished run again."""
    answers = ask(settings, methods)
    plain = {name: {q: a.to_json() for q, a in of.items()} for name, of in answers.items()}
    return Record({"answers": plain}, audit_page(settings, answers))


RECIPE = Recipe(Settings, data, build, run, PRESETS, audit, apply)
