"""The training of one network, and what it is worth."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
from jaxtyping import Array, Float, Key

from wellposed.recipes.precision import at_present_precision
from wellposed.train import FitResult, Minibatches, Progress, falling, fit

from .room import Labelled, Room

_ADAM = optax.chain(optax.clip_by_global_norm(1.0), optax.adam(1.0))
_LAW = 16  # samples on which the error of the law is measured


@dataclass(frozen=True)
class Judged:
    """One trained network on samples that it has not seen.

    Attributes:
        right: whether each is named rightly.
        right_moved: the same for the moved samples.
        law: max |f(g x) - f(x)| / max |f(x)| in float64, over some samples.
        parameters: numbers that it learns.
    """

    right: np.ndarray
    right_moved: np.ndarray
    law: float
    parameters: int


def cross_entropy(model: Any, batch: Labelled, key: Key[Array, ""]) -> tuple[Array, dict[str, Array]]:
    """The mean over a batch, in nats."""
    logits = jax.vmap(model)(batch.inputs)
    value = optax.softmax_cross_entropy_with_integer_labels(logits, batch.labels).mean()
    return value, {"cross_entropy": value}


def learn(
    start: Any, train: Labelled, settings: Any, seed: int, folder: Path, name: str, progress: Progress
) -> FitResult:
    """Train a classifier; a stopped training goes on."""
    keys = jax.random.split(jax.random.key(seed))
    return fit(
        start,
        cross_entropy,
        Minibatches(train, size=min(settings.batch, len(train.labels)), key=keys[0]),
        falling(_ADAM, settings.learning_rate, settings.steps),
        steps=settings.steps,
        key=keys[1],
        folder=folder,
        name=name,
        settings={"rate": settings.learning_rate, "steps": settings.steps, "seed": seed},
        resume=True,
        progress=progress,
    )


def judge(fitted: FitResult, room: Room, seed: int, plain: Labelled, moved: Labelled) -> Judged:
    """On the same samples as they are and moved."""
    right, right_moved = (named_rightly(fitted.model, samples) for samples in (plain, moved))
    size = sum(leaf.size for leaf in jax.tree.leaves(eqx.filter(fitted.model, eqx.is_inexact_array)))
    return Judged(right, right_moved, law(fitted.model, room, seed), size)


def named_rightly(model: Any, samples: Labelled) -> np.ndarray:
    """Whether the largest logit of each sample is that of its class."""
    return np.asarray(_logits(model, samples.inputs).argmax(-1)) == np.asarray(samples.labels)


def law(model: Any, room: Room, seed: int) -> float:
    """How far a classifier is from invariant, in float64: max |f(g x) - f(x)| / max |f(x)|."""
    with jax.enable_x64(True):
        exact = at_present_precision(model)
        y, z = (_logits(exact, room.draw(seed, _LAW, moved).inputs) for moved in (False, True))
        return float(jnp.abs(z - y).max() / jnp.abs(y).max())


@eqx.filter_jit
def _logits(model: Any, inputs: Any) -> Float[Array, "n classes"]:
    return jax.vmap(model)(inputs)
