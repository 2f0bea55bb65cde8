"""The run: every method learns its data within its budget, and is judged on points that it has not seen."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Key

from wellposed.train import FitResult, Progress, falling, fit
from wellposed.transport import AbstractContinuousFlow, AbstractNormalizingFlow, flow_loss, with_steps

from .budget import ADAM, Batches, Pace, batches, pace_within, plain
from .data import data, number_of
from .judging import Judged, judge
from .maps import METHODS, Maps, build
from .settings import COMPARED, OT_FLOW, Settings

MOST_HELD = 4000
CHECKS = 20  # on points that are held back


@dataclass(frozen=True)
class Findings:
    """All that a run found, for its record and its page."""

    settings: Settings
    maps: Maps
    judged: Mapping[str, Mapping[str, Judged]]
    """place -> method -> what was measured of the first training"""
    trainings: Mapping[str, tuple[Mapping[str, Judged], ...]]
    """place -> for each seed the same of OT-Flow and FFJORD; the first is that of `judged`"""
    tests: Mapping[str, np.ndarray]
    extents: Mapping[str, float]
    """place -> half the side of the square that is drawn"""
    seconds: float


def find(settings: Settings, checkpoints: Path, progress: Progress) -> Findings:
    """Everything, seed by seed and method by method, so that one compilation serves all; a stopped run goes on."""
    clock = time.perf_counter()
    checkpoints.mkdir(parents=True, exist_ok=True)
    methods, places = (*COMPARED, *settings.others), settings.places()
    total = len(places) * len(COMPARED) * settings.trainings + len(settings.others)
    with progress.task("normalizing flows", total=total) as advance:
        paces = _paces(settings, methods, checkpoints)
        found = [
            _training(
                settings.of_training(i),
                methods if i == 0 else COMPARED,
                paces,
                _folder(checkpoints, i),
                progress,
                lambda stage, i=i: advance(1, stage=f"training {i + 1} of {settings.trainings}, {stage}"),
            )
            for i in range(settings.trainings)
        ]
    first = found[0]
    flows = {place: with_steps(of[OT_FLOW].fitted.model, settings.fine_steps[-1]) for place, of in first.judged.items()}
    maps = eqx.tree_at(lambda m: m.flows, build(settings, jax.random.key(settings.seed)), flows)
    trainings = {
        place: tuple({name: one.judged[place][name] for name in COMPARED} for one in found) for place in places
    }
    return Findings(settings, maps, first.judged, trainings, first.tests, first.extents, time.perf_counter() - clock)


@dataclass(frozen=True)
class _Training:
    """What one seed gave: place -> method -> what was measured, and the points and squares that it was measured on."""

    judged: Mapping[str, Mapping[str, Judged]]
    tests: Mapping[str, np.ndarray]
    extents: Mapping[str, float]


def _training(
    settings: Settings,
    methods: tuple[str, ...],
    paces: Mapping[str, Pace],
    folder: Path,
    progress: Progress,
    advance: Callable[[str], None],
) -> _Training:
    """All trainings of one seed; the methods beside OT-Flow and FFJORD learn the first of the data alone."""
    trains, held = data(settings, "train"), data(settings, "validation")
    tests = {place: points[: settings.test_points] for place, points in data(settings, "test").items()}
    extents = {place: 1.15 * float(np.quantile(np.abs(points), 0.999)) for place, points in tests.items()}
    judged: dict[str, dict[str, Judged]] = {place: {} for place in trains}
    for name in methods:
        for place in trains if name in COMPARED else list(trains)[:1]:
            fitted, spent = _trained(
                settings, name, place, trains[place], held[place], paces[name].steps, folder, progress
            )
            judged[place][name] = judge(settings, fitted, tests[place], extents[place], paces[name], spent)
            advance(f"{name}, {place}")
    return _Training(judged, tests, extents)


def _folder(checkpoints: Path, number: int) -> Path:
    """Where the checkpoints of a training are kept."""
    folder = checkpoints if number == 0 else checkpoints / f"training-{number + 1}"
    folder.mkdir(exist_ok=True)
    return folder


class Held(eqx.Module):
    """The mean negative log-likelihood of points that are held back: the best flow on them is kept.

    With fine steps: a flow may learn to be a density for its coarse steps alone.
    """

    points: Float[Array, "n d"]
    steps: int = eqx.field(static=True)

    def __call__(self, flow: AbstractNormalizingFlow) -> Float[Array, ""]:
        """In nats."""
        fine = with_steps(flow, self.steps) if isinstance(flow, AbstractContinuousFlow) else flow
        return -jnp.mean(jax.vmap(fine.log_prob)(self.points))


def _paces(settings: Settings, methods: tuple[str, ...], folder: Path) -> dict[str, Pace]:
    """Of all methods before the first training, one after the other, so that the machine is the same for all."""
    place, points = next(iter(data(settings, "train").items()))
    paces = {}
    for name in methods:
        seconds = settings.seconds if name in COMPARED else settings.other_seconds
        flow, lessons, _ = _start(settings, name, place, points)
        paces[name] = pace_within(seconds, name, flow, lessons, METHODS[name].rate, folder)
    return paces


def _start(
    settings: Settings, name: str, place: str, points: np.ndarray
) -> tuple[AbstractNormalizingFlow, Batches, Key[Array, ""]]:
    """The flow before training, its batches, and the key of the training."""
    key = jax.random.fold_in(jax.random.key(settings.seed), number_of(place))
    flow = METHODS[name].make(settings, place, points.shape[1], jax.random.fold_in(key, 2))
    return flow, batches(settings, flow, points, jax.random.fold_in(key, 3)), jax.random.fold_in(key, 4)


def _trained(
    settings: Settings,
    name: str,
    place: str,
    points: np.ndarray,
    held: np.ndarray,
    steps: int,
    folder: Path,
    progress: Progress,
) -> tuple[FitResult, float]:
    """One method that has learned one of the data within its budget, and the CPU seconds of this session."""
    flow, lessons, key = _start(settings, name, place, points)
    rate = METHODS[name].rate
    clock = time.process_time()
    fitted = fit(
        flow,
        flow_loss,
        lessons,
        falling(ADAM, rate, steps),
        steps=steps,
        key=key,
        folder=folder,
        name=f"{plain(name)}-{plain(place)}",
        settings={"rate": rate, "steps": steps, "seed": settings.seed},
        validate=Held(jnp.asarray(held[:MOST_HELD]), max(settings.fine_steps[0], settings.solver_steps)),
        every=max(1, steps // CHECKS),
        resume=True,
        progress=progress,
        throw=False,
    )
    return fitted, time.process_time() - clock
