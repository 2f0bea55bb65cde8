"""The plain numbers of a run."""

from typing import Any

from wellposed.metrics import Interval, mean_interval

from .run import Findings, Judged
from .settings import FFJORD_, OT_FLOW


def metrics(found: Findings) -> dict[str, Any]:
    """Numbers with their units in their names, for `metrics.json`."""
    s = found.settings
    return {
        "methods": {place: {name: _plain(j) for name, j in of.items()} for place, of in found.judged.items()},
        "ot_flow_minus_ffjord_nll_nats": {place: difference(of)._asdict() for place, of in found.judged.items()},
        "budget": f"{s.seconds:g} CPU seconds of training for {OT_FLOW} and {FFJORD_}, {s.other_seconds:g} for others",
        "inverse_error_tolerance": s.tolerance,
        "run_seconds": found.seconds,
    }


def difference(of: Any) -> Interval:
    """The mean over test points of OT-Flow's negative log-likelihood minus FFJORD's."""
    return mean_interval(of[OT_FLOW].nll - of[FFJORD_].nll)


def history(found: Findings) -> dict[str, list[Any]]:
    """The losses of the trainings, at most some 200 rows of each."""
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
        "training_steps": j.steps,
        "best_step": j.fitted.best_step,
        "training_result": j.fitted.result.value,
        "training_cpu_seconds": j.cpu_seconds,
        "training_seconds": j.fitted.seconds,
        "compile_seconds": j.fitted.compile_seconds,
        "evaluation_steps": j.fine_steps,
    }
