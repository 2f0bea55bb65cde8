"""A Koopman autoencoder on the pendulum, over seeds."""

from pathlib import Path

from wellposed.dynamics import KoopmanAutoencoder
from wellposed.recipes.record import Record
from wellposed.recipes.registry import Recipe
from wellposed.recipes.six_questions import six_of
from wellposed.report import Page
from wellposed.train import Progress

from .learn import build, data
from .page import page
from .questions import NAME, ask
from .run import find, history, metrics
from .settings import PRESETS, Settings


def run(settings: Settings, checkpoints: Path) -> Record:
    """Train from several seeds, judge each on new swings, and draw the best."""
    with Progress() as progress:
        found = find(settings, checkpoints, progress)
    return Record(metrics(found), page(found), found.best.model, history(found))


def audit(settings: Settings, model: KoopmanAutoencoder) -> Record:
    """Ask the six questions of the map of a finished run again."""
    answers = ask(settings, model)
    page = Page(f"Audit of a {NAME}", "The best seed of the run.", [six_of(NAME, answers)])
    return Record({"answers": {question: answer.to_json() for question, answer in answers.items()}}, page)


RECIPE = Recipe(Settings, data, build, run, PRESETS, audit)
