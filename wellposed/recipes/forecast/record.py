"""The plain numbers of a run."""

from typing import Any

import numpy as np

from wellposed.metrics import Interval, mean_interval

from .run import Findings
from .score import Score


def metrics(found: Findings) -> dict[str, Any]:
    """Numbers with their units in their names, for `metrics.json`."""
    exponent = found.split.exponent
    return {
        "largest_lyapunov_exponent_per_time": exponent,
        "valid_prediction_time": {name: valid(of)._asdict() for name, of in found.scores.items()},
        "valid_prediction_lyapunov_times": exponent
        and {name: valid(of, exponent)._asdict() for name, of in found.scores.items()},
        "spectrum_error_fraction": {
            n: mean_interval(_each(of, "spectrum"), within=(0.0, np.inf))._asdict() for n, of in found.scores.items()
        },
        "invariant_error_standard_deviations": {
            name: mean_interval(_each(of, "invariant"), within=(0.0, np.inf))._asdict()
            for name, of in found.scores.items()
        },
        "spectrum_floor_fraction": found.floor.spectrum,
        "invariant_floor_standard_deviations": found.floor.invariant,
        "equations": list(found.equations),
        "assimilation_rmse": {n: float(found.twin.settled(n).mean()) for n in found.twin.states},
        "assimilation_spread": {n: float(s[len(s) // 4 :].mean()) for n, s in found.twin.spread.items()},
        "assimilation_converged_fraction": dict(found.twin.converged),
        "observation_noise": found.settings.noise,
        "answers": {name: {q: a.to_json() for q, a in of.items()} for name, of in found.answers.items()},
        "trainings": {
            name: {"steps": fit.steps, "seconds": fit.seconds, "compile_seconds": fit.compile_seconds}
            for name, fit in found.fits.items()
        },
        "stage_seconds": dict(found.seconds),
    }


def valid(scores: list[Score], exponent: float = 1.0) -> Interval:
    """The mean valid prediction time over all forecasts of all repeats, times an exponent."""
    return mean_interval(exponent * np.concatenate([score.valid for score in scores]), within=(0.0, np.inf))


def history(found: Findings) -> dict[str, list[Any]]:
    """The loss of the recurrent network, at most some 500 rows."""
    columns: dict[str, list[Any]] = {"training": [], "step": [], "loss": []}
    for name, fit in found.fits.items():
        losses = fit.history.terms["loss"]
        for step in range(0, len(losses), max(1, len(losses) // 500)):
            columns["training"].append(name)
            columns["step"].append(step)
            columns["loss"].append(float(losses[step]))
    return columns


def _each(scores: list[Score], name: str) -> np.ndarray:
    return np.array([getattr(score, name) for score in scores])
