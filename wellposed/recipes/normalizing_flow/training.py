"""How a method learns one of the data within its budget: in one part, or in a coarse and a fine one."""

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from wellposed.train import FitResult, Progress, falling, fit
from wellposed.transport import AbstractContinuousFlow, AbstractNormalizingFlow, flow_loss, with_steps

from .budget import ADAM, batches, plain, steps_within
from .data import number_of
from .maps import METHODS
from .settings import FFJORD_, OT_FLOW, Settings

MOST_HELD = 4000
CHECKS = 20  # on points that are held back
COARSE_SHARE = 0.6  # of the budget for the coarse part, where there is one


class Held(eqx.Module):
    """The mean negative log-likelihood of points that are held back: the best flow on them is kept.

    With fine steps: a flow may learn to be a density for its coarse steps alone.
    """

    points: Float[Array, "n d"]
    steps: int = eqx.field(static=True)

    def __call__(self, flow: AbstractNormalizingFlow) -> Float[Array, ""]:
        """In nats."""
        return -jnp.mean(jax.vmap(_stepped(flow, self.steps).log_prob)(self.points))


def trained(
    settings: Settings,
    name: str,
    place: str,
    points: np.ndarray,
    held: np.ndarray,
    folder: Path,
    progress: Progress,
) -> tuple[FitResult, float]:
    """One method that has learned one of the data within its budget, and the CPU seconds of this session.

    Where the method has a coarse part, the fine one goes on with its model and with its fall of the learning rate.
    """
    key = jax.random.fold_in(jax.random.key(settings.seed), number_of(place))
    method = METHODS[name]
    flow = method.make(settings, place, points.shape[1], jax.random.fold_in(key, 2))
    lessons = batches(settings, flow, points, jax.random.fold_in(key, 3))
    seconds = settings.seconds if name in (OT_FLOW, FFJORD_) else settings.other_seconds
    parts = {name: (1.0, settings.solver_steps)}
    if method.coarse and settings.coarse_steps:
        coarse = {f"{name} coarse": (COARSE_SHARE, settings.coarse_steps)}
        parts = coarse | {name: (1 - COARSE_SHARE, settings.solver_steps)}
    lengths = [
        steps_within(share * seconds, title, _stepped(flow, steps), lessons, method.rate, folder)
        for title, (share, steps) in parts.items()
    ]
    clock = time.process_time()
    fits: list[FitResult] = []
    for i, (title, (_, steps)) in enumerate(parts.items()):
        fitted = fit(
            _stepped(fits[-1].model if fits else flow, steps),
            flow_loss,
            lessons,
            falling(ADAM, method.rate, sum(lengths), sum(lengths[:i])),
            steps=lengths[i],
            key=jax.random.fold_in(key, 4 + i),
            folder=folder,
            name=f"{plain(title)}-{plain(place)}",
            settings={"rate": method.rate, "steps": sum(lengths), "seed": settings.seed},
            validate=Held(jnp.asarray(held[:MOST_HELD]), max(settings.fine_steps[0], settings.solver_steps)),
            every=max(1, len(parts) * lengths[i] // CHECKS),
            resume=True,
            progress=progress,
            throw=False,
        )
        fits.append(fitted)
    return joined(fits), time.process_time() - clock


def _stepped(flow: AbstractNormalizingFlow, steps: int) -> AbstractNormalizingFlow:
    return with_steps(flow, steps) if isinstance(flow, AbstractContinuousFlow) else flow


def joined(fits: Sequence[FitResult]) -> FitResult:
    """Parts of a training, of which each went on with the model of the one before, as one."""
    *earlier, last = fits
    history = last.history
    for part in reversed(earlier):
        history = part.history.then(history)
    before = sum(part.steps for part in earlier)
    return replace(
        last,
        history=history,
        steps=before + last.steps,
        best_step=None if last.best_step is None else before + last.best_step,
        seconds=sum(part.seconds for part in fits),
        compile_seconds=sum(part.compile_seconds for part in fits),
    )
