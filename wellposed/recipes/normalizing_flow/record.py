"""The plain numbers of a run."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from wellposed.metrics import Interval, mean_interval

from .judging import Judged
from .run import Findings
from .settings import COMPARED, FFJORD_, OT_FLOW


def metrics(found: Findings) -> dict[str, Any]:
    """Numbers with their units in their names, for `metrics.json`."""
    s = found.settings
    return {
        "methods": {place: {name: _plain(j) for name, j in of.items()} for place, of in found.judged.items()},
        "ot_flow_minus_ffjord_nll_nats": {place: difference(of)._asdict() for place, of in found.trainings.items()},
        "trainings": {
            place: [{"seed": s.of_training(i).seed} | _comparison(of) for i, of in enumerate(trainings)]
            for place, trainings in found.trainings.items()
        },
        "budget": f"{s.seconds:g} CPU seconds of training for {OT_FLOW} and {FFJORD_}, {s.other_seconds:g} for others",
        "inverse_error_tolerance": s.tolerance,
        "run_seconds": found.seconds,
    }


def difference(trainings: Sequence[Mapping[str, Judged]]) -> Interval:
    """The mean of OT-Flow's negative log-likelihood minus FFJORD's over trainings, or over test points if one."""
    if len(trainings) == 1:
        return mean_interval(_of_points(trainings[0]))
    return mean_interval(np.array([_of_points(of).mean() for of in trainings]))


def likelihood(trainings: Sequence[Mapping[str, Judged]], name: str) -> Interval:
    """The mean of the negative log-likelihood of a method over trainings, or over test points if one."""
    if len(trainings) == 1:
        return mean_interval(trainings[0][name].nll)
    return mean_interval(np.array([of[name].nll.mean() for of in trainings]))


def _of_points(of: Mapping[str, Judged]) -> np.ndarray:
    return of[OT_FLOW].nll - of[FFJORD_].nll


def _comparison(of: Mapping[str, Judged]) -> dict[str, Any]:
    return {
        "ot_flow_minus_ffjord_nll_nats": mean_interval(_of_points(of))._asdict(),
        "nll_nats": {name: float(of[name].nll.mean()) for name in COMPARED},
        "inverse_error": {name: of[name].inverse_error for name in COMPARED},
        "training_steps": {name: of[name].steps for name in COMPARED},
        "best_step": {name: of[name].fitted.best_step for name in COMPARED},
        "training_result": {name: of[name].fitted.result.value for name in COMPARED},
    }


def history(found: Findings) -> dict[str, list[Any]]:
    """The losses of the first trainings, at most some 200 rows of each."""
    columns: dict[str, list[Any]] = {"data": [], "method": [], "step": [], "loss": [], "nll": []}
    for place, of in found.judged.items():
        for name, judged in of.items():
            terms = judged.fitted.history.terms
            for step in range(0, judged.steps, max(1, judged.steps // 200)):
                columns["data"].append(place)
                columns["method"].append(name)
                columns["step"].append(step)
                columns["loss"].append(float(terms["loss"][step]))
                columns["nll"].append(float(terms["nll"][step]) if "nll" in terms else None)
    return columns


def _plain(j: Judged) -> dict[str, Any]:
    return {
        "nll_nats": mean_interval(j.nll)._asdict(),
        "inverse_error": j.inverse_error,
        "mmd_squared": j.mmd._asdict(),
        "transport_cost": j.cost._asdict(),
        "straightness": j.straightness,
        "parameters": j.parameters,
        "cpu_seconds_per_step": j.pace.cpu_seconds_per_step,
        "training_steps": j.steps,
        "best_step": j.fitted.best_step,
        "training_result": j.fitted.result.value,
        "training_cpu_seconds": j.cpu_seconds,
        "training_seconds": j.fitted.seconds,
        "compile_seconds": j.fitted.compile_seconds,
        "evaluation_steps": j.fine_steps,
    }
