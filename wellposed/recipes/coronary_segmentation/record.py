"""The plain numbers of a run."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from wellposed.geometry.networks.unet import parameter_count
from wellposed.metrics import Interval, mean_interval

from .judge import MEASURES, PARTS, Score
from .learn import GRAPH
from .run import Findings

BOUNDS = {"dice": (0.0, 1.0)}


def metrics(found: Findings) -> dict[str, Any]:
    """Numbers with their units in their names, for `metrics.json`; intervals are over vessels."""
    return {
        "vessels": dict(found.counts),
        "scores": {
            name: {
                part: {measure: interval(several, part, measure) for measure in MEASURES}
                for part in PARTS
                if interval(several, part, "dice") is not None
            }
            for name, several in found.scores.items()
        },
        "graph_network_less_others": {
            name: {
                part: {measure: difference(found.scores[GRAPH], several, part, measure) for measure in MEASURES}
                for part in PARTS
                if interval(several, part, "dice") is not None
            }
            for name, several in found.scores.items()
            if name != GRAPH
        },
        "thresholds": {name: {"low": window.low, "high": window.high} for name, window in found.windows.items()},
        "networks": {
            name: {
                "parameters": parameter_count(fitted.model.network),
                "steps": fitted.steps,
                "best_step": fitted.best_step,
                "training_seconds": fitted.seconds,
                "compile_seconds": fitted.compile_seconds,
                "result": fitted.result.value,
            }
            for name, fitted in found.fits.items()
        },
        "seconds": dict(found.seconds),
    }


def values(several: Sequence[Mapping[str, Score]], part: str, measure: str) -> np.ndarray:
    """Of all vessels; NaN where one has no such part."""
    return np.array([getattr(one[part], measure) for one in several])


def interval(several: Sequence[Mapping[str, Score]], part: str, measure: str) -> Interval | None:
    """The mean over the vessels that have such a part."""
    found = values(several, part, measure)
    found = found[np.isfinite(found)]
    return mean_interval(found, within=BOUNDS.get(measure, (0.0, np.inf))) if len(found) else None


def difference(
    ours: Sequence[Mapping[str, Score]], theirs: Sequence[Mapping[str, Score]], part: str, measure: str
) -> Interval:
    """The mean of the differences, vessel by vessel."""
    found = values(ours, part, measure) - values(theirs, part, measure)
    return mean_interval(found[np.isfinite(found)])


def history(found: Findings) -> dict[str, list[Any]]:
    """The loss of the trainings, at most some 300 rows of each."""
    columns: dict[str, list[Any]] = {"network": [], "step": [], "error_mm": []}
    for name, fitted in found.fits.items():
        for step in range(0, fitted.steps, max(1, fitted.steps // 300)):
            columns["network"].append(name)
            columns["step"].append(step)
            columns["error_mm"].append(float(fitted.history.terms["error_mm"][step]))
    return columns
