"""The run: train from each seed, judge, and choose the best by its training loss."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from wellposed.audit import Answer
from wellposed.dynamics import SINDyAutoencoder
from wellposed.simulate import HiddenLorenz
from wellposed.train import FitResult, Progress

from .judge import PUBLISHED, PUBLISHED_OUTSIDE, PUBLISHED_TERMS, Errors, errors, rollouts, valid_times
from .learn import learn
from .observations import data
from .questions import ask
from .settings import Settings


@dataclass(frozen=True)
class Judged:
    """A trained seed.

    Attributes:
        model: the autoencoder.
        training: its figures.
        train: errors on training trajectories.
        test: errors on new ones from the same box.
        outside: errors on those from outside of it.
        valid: valid times of rollouts, in Lyapunov times, one for each long trajectory.
    """

    model: SINDyAutoencoder
    training: FitResult[SINDyAutoencoder]
    train: Errors
    test: Errors
    outside: Errors
    valid: np.ndarray

    @property
    def active(self) -> int:
        """How many coefficients are not zero."""
        return int(np.count_nonzero(np.asarray(self.model.coefficients)))

    @property
    def loss(self) -> float:
        """Of the last steps, on the average; infinite where the training broke down."""
        last = float(np.mean(self.training.history.loss[-200:]))
        return last if np.isfinite(last) else np.inf

    @property
    def succeeded(self) -> bool:
        """Whether all three test errors are at most the published ones."""
        return all(found <= PUBLISHED[name] for name, found in self.test._asdict().items())


@dataclass(frozen=True)
class Findings:
    """All that a run found."""

    settings: Settings
    seeds: list[Judged]
    long: HiddenLorenz
    rollouts: np.ndarray
    best: Judged
    answers: Mapping[str, Answer]

    @property
    def succeeded(self) -> int:
        """How many seeds did."""
        return sum(seed.succeeded for seed in self.seeds)


def find(settings: Settings, checkpoints: Path, progress: Progress) -> Findings:
    """Everything; seeds that were finished or stopped are taken up from their checkpoints."""
    train = data(settings, "train").observed
    trainings = learn(settings, train, checkpoints, progress)
    sets = {split: data(settings, split) for split in ("test", "outside", "long")}
    few = train.take(slice(0, settings.test_trajectories))
    judged = []
    for training in trainings:
        model = training.model
        valid = valid_times(sets["long"].observed, rollouts(model, sets["long"].observed))
        seen, new, outside = (errors(model, of) for of in (few, sets["test"].observed, sets["outside"].observed))
        judged.append(Judged(model, training, seen, new, outside, valid))
    best = min(judged, key=lambda seed: seed.loss)  # no test trajectory has a say
    far = rollouts(best.model, sets["long"].observed)
    return Findings(settings, judged, sets["long"], far, best, ask(settings, best.model))


def metrics(found: Findings) -> dict[str, Any]:
    """Numbers with their units in their names, for `metrics.json`."""
    return {
        "convention": "mean (a - b)^2 / mean a^2, as published; relative errors |a - b| / |a| are the roots",
        "published_mean_square_ratio": PUBLISHED,
        "published_mean_square_ratio_outside": PUBLISHED_OUTSIDE,
        "published_active_terms": PUBLISHED_TERMS,
        "seeds": [_seed(seed) for seed in found.seeds],
        "best_seed": found.seeds.index(found.best),
        "seeds_no_worse_than_published": found.succeeded,
        "answers": {question: answer.to_json() for question, answer in found.answers.items()},
        "equations": list(found.best.model.equations()),
    }


def _seed(seed: Judged) -> dict[str, Any]:
    sets: Mapping[str, Errors] = {"train": seed.train, "test": seed.test, "outside": seed.outside}
    return {
        **{f"{name}_mean_square_ratio": of._asdict() for name, of in sets.items()},
        "test_relative_error": seed.test.relative,
        "active_terms": seed.active,
        "valid_time_lyapunov": {"median": float(np.median(seed.valid)), "each": seed.valid.tolist()},
        "loss": seed.loss,
        "steps": seed.training.steps,
        "seconds": seed.training.seconds,
        "no_worse_than_published": seed.succeeded,
    }


def history(found: Findings) -> dict[str, list[Any]]:
    """The losses and the number of active terms, at most some 500 rows a seed."""
    columns: dict[str, list[Any]] = {"seed": [], "step": [], "loss": [], "active": []}
    for number, seed in enumerate(found.seeds):
        terms = seed.training.history.terms
        every = max(1, len(terms["loss"]) // 500)
        for step in range(0, len(terms["loss"]), every):
            for column, value in zip(columns, (number, step, terms["loss"][step], terms["active"][step]), strict=True):
                columns[column].append(float(value))
    return columns
