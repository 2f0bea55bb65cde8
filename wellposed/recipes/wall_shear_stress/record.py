"""The plain numbers of a run."""

from typing import Any

import numpy as np

from .judge import summary
from .networks import parameters
from .run import Findings


def metrics(found: Findings) -> dict[str, Any]:
    """Numbers with their units in their names, for `metrics.json`; errors in the talk's units."""
    cfd = [artery.cfd_seconds for artery in found.test if artery.cfd_seconds is not None]
    return {
        "meshes": dict(found.counts),
        "vertices": list(found.vertices),
        "errors": {
            name: {"plain": summary(of.plain), "turned": summary(of.turned)} for name, of in found.judged.items()
        },
        "networks": {
            name: {
                "parameters": parameters(fitted.model),
                "steps": fitted.steps,
                "best_step": fitted.best_step,
                "training_seconds": fitted.seconds,
                "compile_seconds": fitted.compile_seconds,
                "prediction_seconds": found.judged[name].seconds,
                "result": fitted.result.value,
            }
            for name, fitted in found.fits.items()
        },
        "preparation_seconds_per_mesh": found.preparation_seconds,
        "cfd_cpu_seconds_per_mesh": float(np.median(cfd)) if cfd else None,
    }


def history(found: Findings) -> dict[str, list[Any]]:
    """The loss of the trainings, at most some 300 rows of each."""
    columns: dict[str, list[Any]] = {"network": [], "step": [], "error": []}
    for name, fitted in found.fits.items():
        for step in range(0, fitted.steps, max(1, fitted.steps // 300)):
            columns["network"].append(name)
            columns["step"].append(step)
            columns["error"].append(float(fitted.history.terms["error"][step]))
    return columns
