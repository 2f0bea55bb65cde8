"""The plain numbers of a run."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from wellposed.metrics import Interval, mean_interval

from .learn import GATED, ODE, PLAIN, RNN, Score
from .run import Findings


def metrics(found: Findings) -> dict[str, Any]:
    """Numbers with their units in their names, for `metrics.json`."""
    unit = "plane" if found.settings.data is None else "standard_deviations"
    return {
        f"rmse_{unit}": {
            name: {what: rmse(of)._asdict() for what, of in s.items()} for name, s in found.scores.items()
        },
        "rmse_of_each_repeat": {
            name: {what: [score.rmse for score in of] for what, of in s.items()} for name, s in found.scores.items()
        },
        "more_than_latent_ode_with_continuity": {
            name: {other: gain(s, other)._asdict() for other in (PLAIN, RNN, GATED)} for name, s in found.scores.items()
        },
        "covered_by_95_percent_band_fraction": {
            name: {what: float(np.mean([score.covered for score in s[what]])) for what in (ODE, PLAIN)}
            for name, s in found.scores.items()
        },
        "learned_noise": np.exp(np.asarray(found.methods.ode.log_noise)).tolist(),
        "series": {
            name: {
                "train": len(task.train[0].ts),
                "test": len(task.test.ts),
                "values_ahead": int(task.ahead.mask.sum()),
            }
            for name, task in found.tasks.items()
        },
        "answers": {name: {q: a.to_json() for q, a in of.items()} for name, of in found.answers.items()},
        "trainings": {
            name: {"steps": fit.steps, "seconds": fit.seconds, "compile_seconds": fit.compile_seconds}
            for name, fit in found.fits.items()
        },
        "stage_seconds": dict(found.seconds),
    }


def rmse(scores: list[Score]) -> Interval:
    """The mean over the repeats, with its interval."""
    return mean_interval(np.array([score.rmse for score in scores]), within=(0.0, np.inf))


def gain(scores: Mapping[str, list[Score]], other: str) -> Interval:
    """By how much the error of another model exceeds that of the latent ODE with continuity, repeat by repeat."""
    pairs = zip(scores[other], scores[ODE], strict=True)
    return mean_interval(np.array([theirs.rmse - ours.rmse for theirs, ours in pairs]))


def history(found: Findings) -> dict[str, list[Any]]:
    """The losses of all trainings, at most some 200 rows of each."""
    columns: dict[str, list[Any]] = {"training": [], "step": [], "loss": []}
    for name, fit in found.fits.items():
        losses = fit.history.terms["loss"]
        for step in range(0, len(losses), max(1, len(losses) // 200)):
            columns["training"].append(name)
            columns["step"].append(step)
            columns["loss"].append(float(losses[step]))
    return columns
