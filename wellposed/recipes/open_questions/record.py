"""The plain numbers of a run."""

from collections.abc import Callable
from typing import Any

import numpy as np

from wellposed.metrics import mean_interval, quantile_interval

from .cases import SEEN
from .learn import Judged
from .networks import hops
from .run import Findings
from .widths import Widths


def metrics(found: Findings) -> dict[str, Any]:
    """Numbers with their units in their names, for `metrics.json`."""
    return {
        "cases": {
            case: {
                name: {
                    "parameters": found.parameters[case][name],
                    "hops": hops(found.maps.networks[case][name]),
                    "places": {place: _numbers(judged) for place, judged in of.items()},
                    "worst_unseen_relative_error": worst_unseen(of),
                }
                for name, of in networks.items()
            }
            for case, networks in found.judged.items()
        },
        "harmonics": None if found.harmonics is None else vars(found.harmonics),
        "double_descent": _descent(found),
        "shallow": _shallow(found.widths),
        "stage_seconds": dict(found.seconds),
    }


def worst_unseen(of: Any) -> float | None:
    """The largest mean error over the places that were not seen; None for a network that cannot be asked there."""
    means = [np.mean([one.error for one in judged]) for place, judged in of.items() if place != SEEN]
    return float(max(means)) if means else None


def _numbers(judged: list[Judged]) -> dict[str, Any]:
    positive = lambda values: mean_interval(np.array(values), within=(0.0, np.inf))._asdict()
    return {
        "relative_error": positive([one.error for one in judged]),
        "relative_error_4_times_later": positive([one.later for one in judged]),
        "mass_change": max(one.mass for one in judged),
        "beyond_range": over(judged, "beyond", max),
        "energy_error": over(judged, "energy", np.mean),
    }


def over(judged: list[Judged], name: str, of: Callable[[list[float]], Any], scale: float = 1.0) -> float | None:
    """The largest or mean of a measure over the seeds; None where it was not measured."""
    values = [value for one in judged if (value := getattr(one, name)) is not None]
    return scale * float(of(values)) if values else None


def _descent(found: Findings) -> dict[str, Any]:
    d = found.descent
    medians = lambda errors: [quantile_interval(column)._asdict() for column in errors.T]
    return {
        "parameters": d.parameters,
        "threshold": {"plain": d.equations, "informed": d.conserved},
        "peak_parameters": {kind: peak(d.parameters, errors) for kind, errors in d.test.items()},
        "relative_error": {
            part: {kind: medians(errors) for kind, errors in of.items()}
            for part, of in (("train", d.train), ("test", d.test), ("other_graphs", d.elsewhere))
        },
    }


def peak(parameters: np.ndarray, errors: np.ndarray) -> int:
    """Where the median over the repetitions is largest."""
    return int(parameters[np.argmax(np.median(errors, axis=0))])


def slopes(neurons: np.ndarray, errors: np.ndarray) -> np.ndarray:
    """Of the logarithm of each repetition's squared error over that of the width, by least squares."""
    return np.polyfit(np.log(neurons), np.log(errors).T, 1)[0]


def _shallow(w: Widths) -> dict[str, Any]:
    return {
        "neurons": w.neurons,
        "promised_relative_squared_error": w.bound,
        "relative_squared_error": {
            target: {
                method: [mean_interval(column, within=(0.0, np.inf))._asdict() for column in errors.T]
                for method, errors in of.items()
            }
            for target, of in w.errors.items()
        },
        "slope": {
            target: {method: mean_interval(slopes(w.neurons, errors))._asdict() for method, errors in of.items()}
            for target, of in w.errors.items()
        },
    }


def history(found: Findings) -> dict[str, list[Any]]:
    """The losses of the trainings, at most some 100 rows of each."""
    columns: dict[str, list[Any]] = {"training": [], "step": [], "squared_error": []}
    for name, fit in found.fits.items():
        values = np.asarray(fit.history.terms["squared_error"])
        for step in range(0, len(values), max(1, len(values) // 100)):
            columns["training"].append(name)
            columns["step"].append(step + 1)
            columns["squared_error"].append(float(values[step]))
    return columns
