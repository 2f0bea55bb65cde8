"""The learned SVD on tomography of real anatomy, beside the classical methods, audited."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import equinox as eqx
import jax
from jaxtyping import Array, Float

from wellposed.recipes.apply import apply_to_arrays
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


class InUnitsOfTheScanner(eqx.Module):
    """The trained map for data as the scanner gives it: line integrals in pixels, or what the operator's file gives."""

    methods: Methods

    def __call__(self, y: Float[Array, "*data"]) -> Float[Array, "*signal"]:
        """The picture behind one sample of data."""
        return self.methods(self.methods.scanner.scale * y)


def apply(settings: Settings, methods: Methods, files: Sequence[Path], out: Path) -> Sequence[Path]:
    """The nonlinear L-SVD's pictures of data in files."""
    del settings
    return apply_to_arrays(InUnitsOfTheScanner(methods), files, out)


def audit(settings: Settings, methods: Methods) -> Record:
    """Ask the six questions of the maps of a finished run again."""
    sets = gather(settings, methods.scanner, data(settings, "train"))
    with Progress() as progress:
        answers = audited(
            settings, methods, audit_problem(settings, methods, sets, {}), jax.random.key(settings.seed), progress
        )
    plain: dict[str, Any] = {n: {q: a.to_json() for q, a in of.items()} for n, of in answers.items()}
    return Record({"answers": plain}, audit_page(settings, answers))


RECIPE = Recipe(Settings, data, build, run, PRESETS, audit, apply)
