"""The plain numbers of a run."""

import resource
from typing import Any

from .methods import NONLINEAR, TIKHONOV
from .run import Findings
from .score import Score


def metrics(found: Findings) -> dict[str, Any]:
    """Numbers with their units in their names, for `metrics.json`."""
    gain = found.scores[NONLINEAR].psnr_db - found.scores[TIKHONOV].psnr_db
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # in KiB on Linux
    return {
        "peak_memory_mib": peak / 1024,
        "nonlinear_gain_over_tikhonov_db": float(gain.mean()),
        "test": {name: _score(score) for name, score in found.scores.items()},
        "best_linear_of_rank_k": None if found.best_linear is None else _score(found.best_linear),
        "elsewhere": {place: {n: _score(s) for n, s in scores.items()} for place, scores in found.elsewhere.items()},
        "time_ms_per_image": dict(found.milliseconds),
        "paths_relative_error": found.paths,
        "closed_forms": None if found.optima is None else found.optima.figures,
        "tikhonov_rules": {rule: of._asdict() for rule, of in found.classical.rules.items()},
        "parameters": {
            "tikhonov_alpha": found.classical.alpha,
            "tikhonov_alpha_centred": found.classical.alpha_centred,
            "tsvd_rank": found.classical.cut,
            "tv_weight": found.classical.weight,
            "tv_relative_gap": found.classical.gap,
            "at_the_edge_of_their_grids": list(found.classical.edges),
            "operator_scale": float(found.methods.scanner.scale),
        },
        "answers": {name: {q: a.to_json() for q, a in of.items()} for name, of in found.answers.items()},
        "trainings": {
            name: {"steps": fit.steps, "seconds": fit.seconds, "compile_seconds": fit.compile_seconds}
            for name, fit in found.fits.items()
        },
        "stage_seconds": dict(found.seconds),
    }


def history(found: Findings) -> dict[str, list[Any]]:
    """The losses of the trainings of (b), (c), (d) and the nonlinear L-SVD, at most some 500 rows of each."""
    columns: dict[str, list[Any]] = {"training": [], "step": [], "loss": []}
    for name, fit in found.fits.items():
        losses = fit.history.terms["loss"]
        every = max(1, len(losses) // 500)
        for step in range(0, len(losses), every):
            columns["training"].append(name)
            columns["step"].append(step)
            columns["loss"].append(float(losses[step]))
    return columns


def _score(score: Score) -> dict[str, Any]:
    return {name: interval._asdict() for name, interval in score.intervals().items()}
