"""The run: draw paths, learn, draw from the prior, compare."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from wellposed.dynamics import Forecast
from wellposed.train import FitResult, Progress

from .compare import Distance, distance, gaussian_paths, marginals
from .learn import Smoother, prior_paths, smoothed, teach
from .paths import Paths, paths
from .settings import Settings

PRIOR, GAUSSIAN, ITSELF = "learned prior", "Gaussian process", "the system itself"
SMOOTHED = 64


@dataclass(frozen=True)
class Findings:
    """All that a run found, for its record and its page.

    Attributes:
        settings: of the run.
        known: the paths of the first repeat.
        drawn: source -> its paths, in the first repeat.
        distances: source -> one distance from the test paths for each repeat.
        by_time: source -> the distance of the values at each time, in the first repeat.
        posterior: of the first test paths, in the first repeat.
        rmse: of the posterior's mean against the paths without noise, for each repeat.
        smoother: the trained map of the first repeat.
        fits: the trainings.
        seconds: of everything.
    """

    settings: Settings
    known: Paths
    drawn: Mapping[str, np.ndarray]
    distances: Mapping[str, list[Distance]]
    by_time: Mapping[str, np.ndarray]
    posterior: Forecast
    rmse: list[float]
    smoother: Smoother
    fits: list[FitResult]
    seconds: float


def find(settings: Settings, checkpoints: Path, progress: Progress) -> Findings:
    """Everything; trainings that were finished or stopped are taken up from their checkpoints."""
    began = time.perf_counter()
    distances: dict[str, list[Distance]] = {PRIOR: [], GAUSSIAN: [], ITSELF: []}
    rounds, errors, fits = [], [], []
    with progress.task("latent-sde", total=settings.repeats) as advance:
        for repeat in range(settings.repeats):
            known = paths(settings, repeat)
            fits.append(teach(settings, known, repeat, checkpoints, progress))
            model = fits[-1].model
            drawn = {
                PRIOR: prior_paths(model, known.ts, settings.paths, settings.seed + repeat),
                GAUSSIAN: gaussian_paths(known.train, settings.paths, settings.seed + repeat),
                ITSELF: np.asarray(known.again),
            }
            for source, found in drawn.items():
                distances[source].append(distance(found, known.true))
            posterior = smoothed(model, known, min(SMOOTHED, settings.paths))
            errors.append(_rmse(posterior, known))
            rounds.append((known, drawn, posterior, model))
            advance(1)
    known, drawn, posterior, model = rounds[0]
    return Findings(
        settings,
        known,
        drawn,
        distances,
        {source: marginals(found, known.true) for source, found in drawn.items()},
        posterior,
        errors,
        Smoother(model, known.units, known.ts),
        fits,
        time.perf_counter() - began,
    )


def _rmse(posterior: Forecast, known: Paths) -> float:
    mean = np.asarray(posterior.mean)
    return float(np.sqrt(np.mean((mean - np.asarray(known.true[: len(mean)])) ** 2)))
