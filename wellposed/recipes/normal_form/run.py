"""What is run: everything that the page and the numbers are made from."""

import dataclasses
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import jax
import numpy as np

from wellposed.audit import Answer
from wellposed.dynamics import Architecture, NormalFormAutoencoder, NormalFormFit, fit_normal_form
from wellposed.errors import InputError
from wellposed.train import Progress

from .evaluate import Amplitudes, Judged, amplitudes_of, beyond, judge, learned_amplitudes
from .gather import Gathered, gather, origin_of, scaled, training_of
from .orientation import Restarts, published_restarts
from .questions import ask
from .settings import Settings
from .systems.system import System, Training

COMPARED = 0.25  # of the steps of the first part, for the variants
BEGUN = 200


@dataclass
class Findings:
    """All that a run found.

    Attributes:
        settings: of the run.
        system: what was learned.
        gathered: from what.
        fit: the autoencoders.
        judged: their figures.
        variants: name -> figures of autoencoders that were trained otherwise.
        restarts: of the published protocol, for a parameter that was centred on the bifurcation, and for the raw one;
            empty where the true bifurcation is not known.
        answers: of the audit.
        seconds: of each part of the run.
    """

    settings: Settings
    system: System
    gathered: Gathered
    fit: NormalFormFit
    judged: Judged
    variants: dict[str, Judged] = field(default_factory=dict)
    restarts: dict[str, Restarts] = field(default_factory=dict)
    answers: dict[str, dict[str, Answer]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def models(self) -> NormalFormAutoencoder:
        """The autoencoders of all seeds as one pytree."""
        return self.fit.models

    @property
    def sampled_range(self) -> tuple[float, float]:
        """The ends of the range that the training trajectories' parameters come from."""
        parameters = np.asarray(self.gathered.train.parameters)
        return float(parameters.min()), float(parameters.max())

    @property
    def best(self) -> int:
        """The seed that is drawn: the one with the median rollout error."""
        errors = self.judged.seeds["rollout_error"]
        return int(np.argsort(errors)[len(errors) // 2])


@contextmanager
def _timed(seconds: dict[str, float], name: str) -> Iterator[None]:
    begun = time.perf_counter()
    yield
    seconds[name] = round(time.perf_counter() - begun, 1)


def find(settings: Settings, checkpoints: Path, progress: Progress) -> Findings:
    """Simulate or read, train all seeds, judge them, and compare variants."""
    seconds: dict[str, float] = {}
    key = jax.random.key(settings.seed)
    with _timed(seconds, "data"):
        gathered = gather(settings, checkpoints)
    system = gathered.system
    training = told(training_of(settings, system), gathered)
    with _timed(seconds, "training"):
        fitted = _trained(settings, system, training, gathered, checkpoints, "normal form", progress)
    with _timed(seconds, "test"):
        places = beyond(system, fitted.models, settings.amplitudes)
        amplitudes = amplitudes_of(system, fitted.models, jax.random.fold_in(key, 3), places)
        judged = judge(system, fitted.models, gathered.test, amplitudes)
    found = Findings(settings, system, gathered, fitted, judged, seconds=seconds)
    if settings.compare:
        with _timed(seconds, "variants"):
            _compare(found, training, checkpoints, progress)
    with _timed(seconds, "audit"):
        found.answers = ask(settings, fitted.models, gathered)
    return found


def _trained(
    settings: Settings,
    system: System,
    training: Training,
    gathered: Gathered,
    checkpoints: Path,
    name: str,
    progress: Progress,
) -> NormalFormFit:
    return fit_normal_form(
        system.form,
        gathered.train,
        training.stages,
        training.architecture,
        training.loss,
        seeds=settings.seeds,
        key=jax.random.fold_in(jax.random.key(settings.seed), 11),
        folder=checkpoints,
        name=name,
        resume=True,
        progress=progress,
    )


def told(training: Training, gathered: Gathered) -> Training:
    """The training with the true bifurcation, if it compares signs.

    Raises:
        InputError: there is none.
    """
    if training.loss.orientation != "sign":
        return training
    origin = origin_of(gathered)
    if origin is None:
        raise InputError("--orientation: expected a true bifurcation for 'sign', found none: choose another")
    return dataclasses.replace(training, loss=dataclasses.replace(training.loss, origin=origin))


def variants_of(gathered: Gathered, training: Training) -> dict[str, Training]:
    """The trainings that are compared: a quarter of the first part of that of the run."""
    stages = (scaled(training.stages[0], COMPARED),)
    base, origin = training.architecture, origin_of(gathered)
    variants: dict[str, Architecture] = {
        "monotone map": base._replace(orientation="monotone"),
        "free map, smooth penalty": base._replace(orientation="penalty"),
    }
    if origin is not None:
        variants["free map, published sign"] = base._replace(orientation="sign")
    if base.time_degree > 0:
        variants["monotone map, constant tau"] = base._replace(orientation="monotone", time_degree=0)
    made = lambda of: dataclasses.replace(training.loss, orientation=of.orientation, origin=origin or 0.0)
    trainings = {name: Training(of, made(of), stages) for name, of in variants.items()}
    monotone = trainings["monotone map"]
    published = dataclasses.replace(monotone.loss, rollout=0.0)
    return {**trainings, "monotone map, without the rollout": Training(monotone.architecture, published, stages)}


def _compare(found: Findings, training: Training, checkpoints: Path, progress: Progress) -> None:
    settings, system, amplitudes = found.settings, found.system, found.judged.amplitudes
    for name, variant in variants_of(found.gathered, training).items():
        fitted = _trained(settings, system, variant, found.gathered, checkpoints, name.replace(",", ""), progress)
        at = None
        if amplitudes is not None:
            learned = learned_amplitudes(fitted.models, amplitudes.parameters)
            at = Amplitudes(amplitudes.parameters, amplitudes.true, learned)
        judged = judge(system, fitted.models, found.gathered.test, at)
        found.variants[name] = judged._replace(predicted=judged.predicted[:0])
    origin = origin_of(found.gathered)
    if origin is not None:
        key = jax.random.fold_in(jax.random.key(settings.seed), 13)
        begun = max(8, round(BEGUN * min(1.0, settings.effort)))
        found.restarts = published_restarts(training.architecture, {"centred": 0.0, "raw": origin}, key, begun)
