"""The run: train from each seed, judge, and choose the best by its training loss."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from wellposed.audit import Answer
from wellposed.dynamics import KoopmanAutoencoder
from wellposed.simulate import Trajectories
from wellposed.train import FitResult, Progress

from .judge import PUBLISHED_LOSS, PUBLISHED_ONE_STEP, Figures, figures, rollouts
from .learn import data, learn, loss_of
from .questions import ask
from .settings import Settings


@dataclass(frozen=True)
class Judged:
    """A trained seed: the autoencoder, the figures of its training, and those on new swings."""

    model: KoopmanAutoencoder
    training: FitResult[KoopmanAutoencoder]
    figures: Figures

    @property
    def loss(self) -> float:
        """Of the last steps, on the average; infinite where the training broke down."""
        last = float(np.mean(self.training.history.loss[-200:]))
        return last if np.isfinite(last) else np.inf

    @property
    def succeeded(self) -> bool:
        """Whether the test loss is at most the published one."""
        return self.figures.loss <= PUBLISHED_LOSS


@dataclass(frozen=True)
class Findings:
    """All that a run found."""

    settings: Settings
    seeds: list[Judged]
    test: Trajectories
    long: Trajectories
    rollouts: np.ndarray
    best: Judged
    answers: Mapping[str, Answer]

    @property
    def succeeded(self) -> int:
        """How many seeds did."""
        return sum(seed.succeeded for seed in self.seeds)


def find(settings: Settings, checkpoints: Path, progress: Progress) -> Findings:
    """Everything; seeds that were finished or stopped are taken up from their checkpoints."""
    trainings = learn(settings, data(settings, "train"), checkpoints, progress)
    test, long, loss = data(settings, "test"), data(settings, "long"), loss_of(settings)
    seeds = [Judged(of.model, of, figures(of.model, loss, test, long)) for of in trainings]
    best = min(seeds, key=lambda seed: seed.loss)  # no test swing has a say
    far = rollouts(best.model, long)
    return Findings(settings, seeds, test, long, far, best, ask(settings, best.model))


def metrics(found: Findings) -> dict[str, Any]:
    """Numbers with their units in their names, for `metrics.json`."""
    return {
        "published_loss": PUBLISHED_LOSS,
        "published_one_step_mean_square_ratio": PUBLISHED_ONE_STEP,
        "seeds": [_seed(seed) for seed in found.seeds],
        "best_seed": found.seeds.index(found.best),
        "seeds_no_worse_than_published": found.succeeded,
        "answers": {question: answer.to_json() for question, answer in found.answers.items()},
    }


def _seed(seed: Judged) -> dict[str, Any]:
    of = seed.figures
    return {
        "test_loss": of.loss,
        "one_step_mean_square_ratio": of.one_step,
        "linearity_mean_square_ratio": of.linearity,
        "reconstruction_mean_square_ratio": of.reconstruction,
        "frequency_error_percent": 100 * of.frequency,
        "growth_per_unit_time": of.growth,
        "error_after_1500_steps_percent": {
            "median": 100 * float(np.median(of.long)),
            "worst": 100 * float(of.long.max()),
        },
        "train_loss": seed.loss,
        "steps": seed.training.steps,
        "seconds": seed.training.seconds,
        "no_worse_than_published": seed.succeeded,
    }


def history(found: Findings) -> dict[str, list[Any]]:
    """The losses, at most some 500 rows a seed."""
    columns: dict[str, list[Any]] = {"seed": [], "step": [], "loss": []}
    for number, seed in enumerate(found.seeds):
        losses = seed.training.history.loss
        for step in range(0, len(losses), max(1, len(losses) // 500)):
            for column, value in zip(columns, (number, step, float(losses[step])), strict=True):
                columns[column].append(value)
    return columns
