"""The plain numbers of a run."""

from typing import Any

import numpy as np

from wellposed.metrics import mean_interval

from .networks import DATA
from .run import Findings


def metrics(found: Findings) -> dict[str, Any]:
    """Numbers with their units in their names, for `metrics.json`."""
    return {
        "accuracy_percent": _shares(found.accuracy),
        "scheme_accuracy_percent": _shares(found.scheme_accuracy),
        "cost": {name: {d: float(fit.history.terms[d][-1]) for d in DATA} for name, fit in found.fits.items()},
        "largest_stretch": _table({name: s[..., 0] for name, s in found.stretch.items()}),
        "least_stretch": _table({name: s[..., 1] for name, s in found.stretch.items()}),
        "total_time": _table({name: h.sum(-1) for name, h in found.steps.items()}),
        "least_time_step": {name: float(h.min()) for name, h in found.steps.items()},
        "largest_error_of_total_time": {name: float(np.abs(h.sum(-1) - 1).max()) for name, h in found.steps.items()},
        "steps_that_vanish_percent": _shares({name: (h <= 1e-3).mean(-1) for name, h in found.steps.items()}),
        "time_steps_mean": {name: {d: h[i].mean(0) for i, d in enumerate(DATA)} for name, h in found.steps.items()},
        "trainings": {
            name: {"steps": fit.steps, "seconds": fit.seconds, "compile_seconds": fit.compile_seconds}
            for name, fit in found.fits.items()
        },
        "stage_seconds": dict(found.seconds),
    }


def history(found: Findings) -> dict[str, list[Any]]:
    """The costs of the trainings, at most some 300 rows of each."""
    columns: dict[str, list[Any]] = {"training": [], "step": [], **{name: [] for name in DATA}}
    for name, fit in found.fits.items():
        terms = fit.history.terms
        for step in range(0, fit.steps, max(1, fit.steps // 300)):
            columns["training"].append(name)
            columns["step"].append(step)
            for place in DATA:
                columns[place].append(float(terms[place][step]))
    return columns


def _table(values: Any) -> dict[str, Any]:
    """name -> data set -> mean over seeds with its interval."""
    return {
        name: {place: mean_interval(of[i])._asdict() for i, place in enumerate(DATA)} for name, of in values.items()
    }


def _shares(values: Any) -> dict[str, Any]:
    """The same of shares, in %."""
    return {
        name: {place: mean_interval(100 * of[i], within=(0.0, 100.0))._asdict() for i, place in enumerate(DATA)}
        for name, of in values.items()
    }
