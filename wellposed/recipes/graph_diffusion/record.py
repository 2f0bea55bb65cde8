"""The numbers of a run."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from wellposed.metrics import Interval, mean_interval

from .learn import Trained
from .run import Findings


def metrics(found: Findings) -> dict[str, Any]:
    """For `metrics.json`."""
    problem = found.problem
    numbers: dict[str, Any] = {
        "graph": problem.name,
        "nodes": problem.graph.nodes,
        "edges": len(problem.graph.source) - problem.graph.nodes,
        "features": problem.inputs,
        "classes": problem.classes,
        "nodes_of_the_split": [len(part) for part in problem.split],
        "split": "drawn" if problem.drawn else "of the data",
        "test_accuracy_percent": {name: share(run.accuracy) for name, run in found.methods.items()},
        "test_accuracy_percent_of_each_seed": {name: run.accuracy for name, run in found.methods.items()},
        "validation_accuracy_percent": {name: share(run.validation) for name, run in found.methods.items()},
        "seconds_per_seed": {name: run.seconds.mean() for name, run in found.methods.items()},
        "compile_seconds": {name: run.compile_seconds for name, run in found.methods.items()},
        "parameters": {name: run.parameters for name, run in found.methods.items()},
        "component_nodes": found.component_nodes,
        "component_test_accuracy_percent": {name: share(run.accuracy) for name, run in found.component.items()},
        "depths": list(found.settings.depths),
        "depth_test_accuracy_percent": {name: study.accuracy.mean(1) for name, study in found.depth.items()},
        "depth_spread": {name: study.spread for name, study in found.depth.items()},
    }
    if found.energies is not None:
        numbers |= {
            "row_sum_error_of_attention": found.energies.stochasticity_error,
            "maximum_principle_error": found.energies.maximum_principle_error,
            "dirichlet_energy_left_without_source_percent": 100 * float(found.energies.energy[-1]),
            "roughness_at_three_times_the_end": float(found.energies.smoothness[-1]),
            "roughness_at_three_times_the_end_without_source": float(found.energies.bare_smoothness[-1]),
        }
    return numbers


def share(values: np.ndarray) -> Interval:
    """A mean of percentages, with its interval."""
    return mean_interval(np.asarray(values, float), within=(0.0, 100.0))


def history(found: Findings) -> Mapping[str, Sequence[Any]]:
    """The loss of each step, first seeds."""
    columns: dict[str, list[Any]] = {"method": [], "step": [], "loss": []}
    for name, run in found.methods.items():
        losses = _losses(run)
        columns["method"] += [name] * len(losses)
        columns["step"] += list(range(1, len(losses) + 1))
        columns["loss"] += losses
    return columns


def _losses(run: Trained) -> list[float]:
    return [float(value) for value in run.history.terms["loss"]]
