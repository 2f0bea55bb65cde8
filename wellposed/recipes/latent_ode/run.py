"""The run: gather, learn, forecast, audit."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from wellposed.audit import Answer
from wellposed.dynamics import Forecast
from wellposed.train import FitResult, Progress

from .learn import LAST, Methods, Score, forecasts, last_values, score, teach
from .questions import ask
from .settings import Settings
from .tasks import Task, tasks

SHOWN = 6


@dataclass(frozen=True)
class Findings:
    """All that a run found, for its record and its page.

    Attributes:
        settings: of the run.
        tasks: the comparisons of the first repeat, by name.
        methods: the maps of the last comparison of the first repeat.
        scores: comparison -> model -> one score for each repeat.
        shown: comparison -> model -> forecasts of the first test series of the first repeat, at all their times where
            the model speaks of them.
        fits: the trainings by name.
        answers: model -> question -> answer; empty for series of the user's.
        seconds: of the trainings and of the rest.
    """

    settings: Settings
    tasks: Mapping[str, Task]
    methods: Methods
    scores: Mapping[str, Mapping[str, list[Score]]]
    shown: Mapping[str, Mapping[str, Forecast]]
    fits: Mapping[str, FitResult]
    answers: Mapping[str, Mapping[str, Answer]]
    seconds: Mapping[str, float]


def find(settings: Settings, checkpoints: Path, progress: Progress) -> Findings:
    """Everything; trainings that were finished or stopped are taken up from their checkpoints."""
    began = time.perf_counter()
    first = tasks(settings, 0)
    scores: dict[str, dict[str, list[Score]]] = {name: {} for name in first}
    shown: dict[str, dict[str, Forecast]] = {}
    fits: dict[str, FitResult] = {}
    kept: dict[str, Methods] = {}
    with progress.task("latent-ode", total=settings.repeats * len(first)) as advance:
        for repeat in range(settings.repeats):
            for name, task in (first if repeat == 0 else tasks(settings, repeat)).items():
                methods, trained = teach(settings, task, repeat, name, checkpoints, progress)
                fits |= {f"{what}, {name}, repeat {repeat}": of for what, of in trained.items()}
                ahead = {
                    what: forecasts(settings, model, task, task.test, task.ahead.ts)
                    for what, model in methods.learned().items()
                }
                ahead[LAST] = last_values(task.test, task.ahead.ts)
                for what, forecast in ahead.items():
                    scores[name].setdefault(what, []).append(score(task, forecast))
                if repeat == 0:
                    kept[name] = methods
                    shown[name] = _shown(settings, methods, task, ahead)
                advance(1, comparison=name)
    methods = kept[list(first)[-1]]
    learning = sum(fit.seconds + fit.compile_seconds for fit in fits.values())
    answers = ask(settings, methods)
    seconds = {"training": learning, "everything": time.perf_counter() - began}
    return Findings(settings, first, methods, scores, shown, fits, answers, seconds)


def _shown(settings: Settings, methods: Methods, task: Task, ahead: Mapping[str, Forecast]) -> dict[str, Forecast]:
    """The first few forecasts: of the latent ODE with continuity at all times of the series, of all ahead."""
    few = lambda tree: type(tree)(*(part[:SHOWN] for part in tree))
    whole = forecasts(settings, methods.ode, task, few(task.test), task.whole.ts[:SHOWN])
    return {what: few(forecast) for what, forecast in ahead.items()} | {"whole": whole}
