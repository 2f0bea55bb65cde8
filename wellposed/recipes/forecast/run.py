"""Everything that a run finds."""

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jax
import numpy as np

from wellposed.audit import Answer
from wellposed.audit.dynamical import Problem, Runs, six
from wellposed.train import Progress

from .assimilate import Twin, twin
from .learn import LAW, RECURRENT, RESERVOIR, Methods, explicit, forecaster, recurrents, reservoirs
from .score import Floor, Score, Starts, floor, score, starts
from .settings import HISTORY, Settings
from .systems import Split, splits


@dataclass
class Findings:
    """What was trained, measured and answered.

    Attributes:
        scores: map -> the figures of each repeat.
        floor: the distances that the truth has from itself.
        answers: map -> question -> answer, of the first repeat.
        fits: trainings by name.
        seconds: stage -> wall time.
    """

    settings: Settings
    split: Split
    from_: Starts
    methods: Methods
    scores: dict[str, list[Score]]
    floor: Floor
    equations: tuple[str, ...]
    twin: Twin
    answers: dict[str, dict[str, Answer]]
    fits: dict[str, Any]
    seconds: dict[str, float] = field(default_factory=dict)


def find(settings: Settings, checkpoints: Path, progress: Progress) -> Findings:
    """Simulate, train, forecast, assimilate and audit."""
    clock = _Clock()
    split = splits(settings)
    clock.lap("simulation")
    listening = reservoirs(settings, split.train)
    recurrent, fits = recurrents(settings, split.train, checkpoints, progress)
    laws = explicit(split.train)
    clock.lap("training")
    trained: dict[str, list[Any]] = {RESERVOIR: listening, RECURRENT: recurrent, **{n: [m] for n, m in laws.items()}}
    from_ = starts(split.test, settings.forecasts, HISTORY, settings.horizon)
    with progress.task("forecasts", total=sum(map(len, trained.values()))) as advance:
        scores: dict[str, list[Score]] = {}
        for name, models in trained.items():
            for model in models:
                scores.setdefault(name, []).append(score(forecaster(model, history=True), from_, split.test))
                advance(1, map=name)
    clock.lap("forecasts")
    assimilated = twin(settings)
    clock.lap("assimilation")
    asked = problem(settings, split, from_)
    answers = {}
    audited = trained if settings.audit_all else {name: trained[name] for name in (RESERVOIR, RECURRENT)}
    with progress.task("audit", total=len(audited)) as advance:
        for name, models in audited.items():
            answers[name] = six(forecaster(models[0], history=False), asked, jax.random.key(settings.seed))
            advance(1, map=name)
    clock.lap("audit")
    methods = Methods(listening[0], recurrent[0], horizon=settings.horizon)
    least, equations = floor(from_, split.test), laws[LAW].equations()
    return Findings(
        settings, split, from_, methods, scores, least, equations, assimilated, answers, fits, clock.seconds
    )


def problem(settings: Settings, split: Split, from_: Starts) -> Problem:
    """What the six questions are asked about: forecasts from single states, known to a thousandth of the spread."""
    states = np.asarray(split.train.states[0])
    length = min(settings.horizon + 1, len(states) // 4)
    begins = np.linspace(0, len(states) - length, 8).astype(int)
    learned = np.stack([states[at : at + length] for at in begins])
    noise = 1e-3 * float(states.std(axis=0).mean())
    return Problem(from_.ts[:length], Runs(from_.truth[:, :length]), noise, train=Runs(learned))


class _Clock:
    """Wall time by stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._at = time.perf_counter()

    def lap(self, stage: str) -> None:
        now = time.perf_counter()
        self.seconds[stage], self._at = now - self._at, now
