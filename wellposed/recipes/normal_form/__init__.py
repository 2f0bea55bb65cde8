"""Bifurcations learned from trajectories, by normal-form autoencoders."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from wellposed.dynamics import NormalFormAutoencoder
from wellposed.errors import InputError
from wellposed.io import read_trajectories, write_trajectories
from wellposed.recipes.record import Record
from wellposed.recipes.registry import Recipe
from wellposed.simulate import Trajectories
from wellposed.train import Progress

from .evaluate import predict
from .gather import build, data
from .page import audit_page, page
from .questions import audited
from .record import history, metrics
from .run import find
from .settings import PRESETS, Settings


def run(settings: Settings, checkpoints: Path) -> Record:
    """Train all seeds, judge them, compare variants, and draw."""
    with Progress() as progress:
        found = find(settings, checkpoints, progress)
    return Record(metrics(found), page(found), found.models, history(found))


def apply(settings: Settings, models: NormalFormAutoencoder, files: Sequence[Path], out: Path) -> Sequence[Path]:
    """Predict the trajectories of files from their first states, by the mean over seeds; the files' format is kept."""
    del settings
    written = []
    for file in files:
        found = read_trajectories(file)
        size = models.units.centre.shape[-1]
        if found.states.shape[2] != size:
            raise InputError(
                f"{file}: expected states of {size} components, found {found.states.shape[2]}: choose another run"
            )
        if found.parameters is None:
            raise InputError(f"{file}: expected a variable 'parameter' along 'trajectory', found none: add it")
        many = predict(models, Trajectories(*found))
        write_trajectories(out / file.name, found._replace(states=np.mean(many, axis=0), slopes=None))
        written.append(out / file.name)
    return written


def audit(settings: Settings, models: NormalFormAutoencoder) -> Record:
    """Ask the six questions of a finished run again."""
    answers = audited(settings, models)
    plain = {name: {q: a.to_json() for q, a in of.items()} for name, of in answers.items()}
    return Record({"answers": plain}, audit_page(answers))


RECIPE = Recipe(Settings, data, build, run, PRESETS, audit, apply)
