"""The plain numbers of a run."""

import resource
from typing import Any

import numpy as np

from wellposed.metrics import mean_interval

from .evaluate import LIMIT, Judged
from .run import Findings


def metrics(found: Findings) -> dict[str, Any]:
    """Numbers with their units in their names, for `metrics.json`; all errors are fractions, not per cent."""
    gathered, amplitudes = found.gathered, found.judged.amplitudes
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "system": found.system.title,
        "normal_form": found.system.form.name,
        "parameter": found.system.parameter,
        "success_limit_of_rollout_error": LIMIT,
        "true_bifurcation": None if found.system.critical is None else found.system.critical(),
        "sampled_range": list(found.sampled_range),
        "trajectories": {"train": len(gathered.train.states), "test": len(gathered.test.states)},
        "runs": gathered.runs,
        "discarded_runs": gathered.discarded,
        "affine_start_residual": found.fit.residual,
        **figures(found.judged),
        "equations": ["\n".join(found.fit.seed(k).equations()) for k in range(found.settings.seeds)],
        "amplitudes": None
        if amplitudes is None
        else {"parameters": amplitudes.parameters, "true": amplitudes.true, "learned": amplitudes.learned},
        "variants": {name: figures(judged) for name, judged in found.variants.items()},
        "published_restarts": {
            name: {**of._asdict(), "expected_restarts": of.expected} for name, of in found.restarts.items()
        },
        "answers": {name: {q: a.to_json() for q, a in of.items()} for name, of in found.answers.items()},
        "stage_seconds": found.seconds,
        "trainings": [
            {"steps": of.steps, "seconds": of.seconds, "compile_seconds": of.compile_seconds} for of in found.fit.stages
        ],
        "cpu_seconds_of_last_session": round(usage.ru_utime + usage.ru_stime, 1),
        "peak_memory_mib": usage.ru_maxrss / 1024,
    }


def figures(judged: Judged) -> dict[str, Any]:
    """Every figure of every seed, and means with intervals over the seeds, failures included."""
    success = judged.seeds["success"]
    numbers = {name: values for name, values in judged.seeds.items() if values.dtype != bool}
    return {
        "seeds": len(success),
        "successes": int(success.sum()),
        "monotone": int(judged.seeds["monotone"].sum()),
        "each_seed": judged.seeds,
        "over_seeds": {name: _interval(values) for name, values in numbers.items()},
    }


def _interval(values: np.ndarray) -> dict[str, Any]:
    known = values[np.isfinite(values)]
    spread = {"worst": float(known.max()) if len(known) else None, "known": len(known)}
    return {**mean_interval(known)._asdict(), **spread} if len(known) > 1 else spread


def history(found: Findings) -> dict[str, list[Any]]:
    """The losses, at most some 500 rows a part of the training."""
    columns: dict[str, list[Any]] = {"stage": [], "step": []}
    for number, of in enumerate(found.fit.stages):
        every = max(1, of.steps // 500)
        steps = range(0, of.steps, every)
        columns["stage"] += [number + 1] * len(steps)
        columns["step"] += list(steps)
        for name, row in of.history.terms.items():
            columns.setdefault(name, []).extend(float(value) for value in row[::every])
    return columns
