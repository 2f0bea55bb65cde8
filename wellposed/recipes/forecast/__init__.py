"""Forecasts of chaos, and data assimilation: short-term accuracy and long-term consistency, audited."""

from pathlib import Path
from typing import Any

import jax

from wellposed.audit.dynamical import draw, six
from wellposed.recipes.record import Record
from wellposed.recipes.registry import Recipe
from wellposed.recipes.six_questions import six_questions
from wellposed.report import Page
from wellposed.train import Progress

from .learn import RECURRENT, RESERVOIR, Methods, build, forecaster
from .page import AUDIT_TEXT, page
from .record import history, metrics
from .run import find, problem
from .score import starts
from .settings import HISTORY, PRESETS, Settings
from .systems import data, splits


def run(settings: Settings, checkpoints: Path) -> Record:
    """Simulate, train, forecast, assimilate, audit and draw."""
    with Progress() as progress:
        found = find(settings, checkpoints, progress)
    return Record(metrics(found), page(found), found.methods, history(found))


def audit(settings: Settings, methods: Methods) -> Record:
    """Ask the six questions of the two networks of a finished run again."""
    split = splits(settings)
    asked = problem(settings, split, starts(split.test, settings.forecasts, HISTORY, settings.horizon))
    models = {RESERVOIR: methods.reservoir, RECURRENT: methods.recurrent}
    answers = {n: six(forecaster(m, history=False), asked, jax.random.key(settings.seed)) for n, m in models.items()}
    plain: dict[str, Any] = {n: {q: a.to_json() for q, a in of.items()} for n, of in answers.items()}
    section = six_questions(answers, RESERVOIR, AUDIT_TEXT, draw)
    return Record({"answers": plain}, Page("Audit of forecasts", "Six questions asked of two forecasters.", [section]))


RECIPE = Recipe(Settings, data, build, run, PRESETS, audit)
