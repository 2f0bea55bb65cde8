"""The plain numbers of a run."""

from typing import Any

import numpy as np

from wellposed.metrics import Interval, mean_interval

from .run import Findings

KINDS = {
    "marginal": "marginal_distance_standard_deviations",
    "pooled": "pooled_distance_standard_deviations",
    "spectrum": "spectrum_error_fraction",
}


def interval(found: Findings, source: str, kind: str) -> Interval:
    """A distance of one source, over the repeats."""
    return mean_interval(np.array([getattr(one, kind) for one in found.distances[source]]), within=(0.0, np.inf))


def metrics(found: Findings) -> dict[str, Any]:
    """Numbers with their units in their names, for `metrics.json`."""
    last = lambda term: [float(fit.history.terms[term][-100:].mean()) for fit in found.fits]
    return {
        **{
            name: {source: interval(found, source, kind)._asdict() for source in found.distances}
            for kind, name in KINDS.items()
        },
        "of_each_repeat": {source: [one._asdict() for one in each] for source, each in found.distances.items()},
        "posterior_mean_rmse_standard_deviations": found.rmse,
        "noise_standard_deviations": found.settings.noise,
        "log_likelihood_of_a_path": last("log_likelihood"),
        "divergence_of_a_path": last("divergence"),
        "trainings": [
            {"steps": fit.steps, "seconds": fit.seconds, "compile_seconds": fit.compile_seconds} for fit in found.fits
        ],
        "stage_seconds": {"everything": found.seconds},
    }


def history(found: Findings) -> dict[str, list[Any]]:
    """The losses of all trainings, at most some 300 rows of each."""
    columns: dict[str, list[Any]] = {"repeat": [], "step": [], "loss": [], "log_likelihood": [], "divergence": []}
    for repeat, fit in enumerate(found.fits):
        terms = fit.history.terms
        for step in range(0, fit.steps, max(1, fit.steps // 300)):
            columns["repeat"].append(repeat)
            columns["step"].append(step)
            for name in ("loss", "log_likelihood", "divergence"):
                columns[name].append(float(terms[name][step]))
    return columns
