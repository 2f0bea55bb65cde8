"""The plain numbers of a run."""

from typing import Any

import numpy as np

from wellposed.metrics import mean_interval

from .networks import DATA
from .run import Findings


def metrics(found: Findings) -> dict[str, Any]:
    """Numbers with their units in their names: kind -> depth -> data set -> a number or an interval over seeds."""
    return {
        "accuracy_percent": _table(
            found, found.accuracy, lambda v: mean_interval(100 * v, within=(0.0, 100.0))._asdict()
        ),
        "gradient_norm_at_start": _table(found, found.start, _median),
        "gradient_norm_trained": _table(found, found.trained, _median),
        "least_gradient_norm_trained": _table(found, found.least, lambda v: float(v.min())),
        "spectral_abscissa_trained": _table(found, found.growth, lambda v: float(v.max())),
        "not_finite": {
            name: [depth for depth, fit in of.items() if fit.result.name == "nonfinite"]
            for name, of in found.fits.items()
        },
        "trainings": {
            name: {
                depth: {"steps": fit.steps, "seconds": fit.seconds, "compile_seconds": fit.compile_seconds}
                for depth, fit in of.items()
            }
            for name, of in found.fits.items()
        },
        "stage_seconds": dict(found.seconds),
    }


def history(found: Findings) -> dict[str, list[Any]]:
    """The losses of the trainings, at most some 100 rows of each."""
    columns: dict[str, list[Any]] = {"network": [], "depth": [], "step": [], **{name: [] for name in DATA}}
    for name, of in found.fits.items():
        for depth, fit in of.items():
            for step in range(0, fit.steps, max(1, fit.steps // 100)):
                columns["network"].append(name)
                columns["depth"].append(depth)
                columns["step"].append(step)
                for place in DATA:
                    columns[place].append(float(fit.history.terms[place][step]))
    return columns


def _median(values: np.ndarray) -> float:
    return float(np.median(values))


def _table(found: Findings, values: Any, of_seeds: Any) -> dict[str, Any]:
    return {
        name: {
            str(depth): {place: of_seeds(np.asarray(of[k, i], float)) for i, place in enumerate(DATA)}
            for k, depth in enumerate(found.settings.depths)
        }
        for name, of in values.items()
    }
