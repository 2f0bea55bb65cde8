"""The run: every method learns its data within its budget, and is judged on points that it has not seen."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from wellposed.metrics import Interval, mean_interval, median_bandwidth, mmd
from wellposed.train import FitResult, Progress, falling, fit
from wellposed.transport import AbstractContinuousFlow, AbstractNormalizingFlow, flow_loss, inverse_error, with_steps

from .budget import ADAM, batches, plain, steps_within
from .data import data, number_of
from .maps import METHODS, Maps, build, parameters
from .settings import FFJORD_, OT_FLOW, Settings

GRID, DRAWN, PATHS = 90, 1500, 40  # points of a side of the density's picture, samples in it, and paths
MOST_INVERTED, MOST_HELD = 2000, 4000
CHECKS = 20  # on points that are held back


@dataclass(frozen=True)
class Judged:
    """One method on one of the data.

    Attributes:
        nll: of each test point, in nats.
        inverse_error: mean |x - f^-1(f(x))|, in the unit of the data.
        mmd: squared, of samples and test points.
        cost: of the transport, mean over test points.
        straightness: mean |f(x) - x|^2 over the mean cost: 1 for straight ways at constant speed.
        parameters: numbers that were trained.
        steps: of training.
        cpu_seconds: that they took in this session.
        fine_steps: Runge-Kutta steps of the evaluation; 0 for a discrete flow.
        samples: some points that were drawn.
        paths: where some points were after each step, or at both ends for a discrete flow.
        density: on a grid over `extent`, rows from bottom to top; None in more than two dimensions.
        fitted: the history of the training.
    """

    nll: np.ndarray
    inverse_error: float
    mmd: Interval
    cost: Interval
    straightness: float
    parameters: int
    steps: int
    cpu_seconds: float
    fine_steps: int
    samples: np.ndarray
    paths: np.ndarray
    density: np.ndarray | None
    fitted: FitResult


@dataclass(frozen=True)
class Findings:
    """All that a run found, for its record and its page."""

    settings: Settings
    maps: Maps
    judged: Mapping[str, Mapping[str, Judged]]
    """place -> method -> what was measured"""
    tests: Mapping[str, np.ndarray]
    extents: Mapping[str, float]
    """place -> half the side of the square that is drawn"""
    seconds: float


def find(settings: Settings, checkpoints: Path, progress: Progress) -> Findings:
    """Everything, method by method, so that one compilation serves all data; a stopped run goes on."""
    clock = time.perf_counter()
    checkpoints.mkdir(parents=True, exist_ok=True)
    trains, tests = data(settings, "train"), data(settings, "test")
    held = data(settings, "validation")
    tests = {place: points[: settings.test_points] for place, points in tests.items()}
    extents = {place: 1.15 * float(np.quantile(np.abs(points), 0.999)) for place, points in tests.items()}
    places = list(trains)
    judged: dict[str, dict[str, Judged]] = {place: {} for place in places}
    flows: dict[str, Any] = {}
    methods = (OT_FLOW, FFJORD_, *settings.others)
    plan = [(name, place) for name in methods for place in (places if name in (OT_FLOW, FFJORD_) else places[:1])]
    with progress.task("normalizing flows", total=len(plan)) as advance:
        for name, place in plan:
            fitted, spent = _trained(settings, name, place, trains[place], held[place], checkpoints, progress)
            judged[place][name] = judge(settings, fitted, tests[place], extents[place], spent)
            if name == OT_FLOW:
                flows[place] = with_steps(fitted.model, settings.fine_steps[-1])
            advance(1, stage=f"{name}, {place}")
    maps = eqx.tree_at(lambda m: m.flows, build(settings, jax.random.key(settings.seed)), flows)
    return Findings(settings, maps, judged, tests, extents, time.perf_counter() - clock)


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


def _trained(
    settings: Settings,
    name: str,
    place: str,
    points: np.ndarray,
    held: np.ndarray,
    folder: Path,
    progress: Progress,
) -> tuple[FitResult, float]:
    """One method that has learned one of the data within its budget, and the CPU seconds of this session."""
    key = jax.random.fold_in(jax.random.key(settings.seed), number_of(place))
    method = METHODS[name]
    flow = method.make(settings, place, points.shape[1], jax.random.fold_in(key, 2))
    lessons = batches(settings, flow, points, jax.random.fold_in(key, 3))
    seconds = settings.seconds if name in (OT_FLOW, FFJORD_) else settings.other_seconds
    steps = steps_within(seconds, name, flow, lessons, method.rate, folder)
    clock = time.process_time()
    fitted = fit(
        flow,
        flow_loss,
        lessons,
        falling(ADAM, method.rate, steps),
        steps=steps,
        key=jax.random.fold_in(key, 4),
        folder=folder,
        name=f"{plain(name)}-{plain(place)}",
        settings={"rate": method.rate, "steps": steps, "seed": settings.seed},
        validate=Held(jnp.asarray(held[:MOST_HELD]), max(settings.fine_steps[0], settings.solver_steps)),
        every=max(1, steps // CHECKS),
        resume=True,
        progress=progress,
        throw=False,
    )
    return fitted, time.process_time() - clock


def judge(settings: Settings, fitted: FitResult, test: np.ndarray, extent: float, spent: float) -> Judged:
    """What a trained flow is worth on points that it has not seen."""
    flow, error = fine_enough(fitted.model, jnp.asarray(test[:MOST_INVERTED]), settings)
    nll, cost, moved, samples = (
        np.asarray(part) for part in _measured(flow, jnp.asarray(test), jax.random.key(settings.seed + 1))
    )
    ends = np.sum((moved - test) ** 2, axis=1)
    continuous = isinstance(flow, AbstractContinuousFlow)
    paths = np.asarray(_paths(flow, jnp.asarray(test[:PATHS]))) if continuous else _ends(test, moved)
    blocks = 20 if len(test) >= 1000 else 5
    return Judged(
        nll=nll,
        inverse_error=error,
        mmd=mmd(samples, test, median_bandwidth(test), blocks),
        cost=mean_interval(cost),
        straightness=float(ends.mean() / cost.mean()),
        parameters=parameters(flow),
        steps=fitted.steps,
        cpu_seconds=spent,
        fine_steps=flow.steps if continuous else 0,
        samples=samples[:DRAWN],
        paths=paths,
        density=np.asarray(_density(flow, jnp.asarray(extent))) if test.shape[1] == 2 else None,
        fitted=fitted,
    )


def fine_enough(
    flow: AbstractNormalizingFlow, points: Array, settings: Settings
) -> tuple[AbstractNormalizingFlow, float]:
    """The flow with the first number of fine steps that makes it invertible, or with the last, and its error."""
    if not isinstance(flow, AbstractContinuousFlow):
        return flow, float(inverse_error(flow, points))
    error = np.inf
    for steps in settings.fine_steps:
        flow = with_steps(flow, steps)
        error = float(inverse_error(flow, points))
        if error <= settings.tolerance:
            break
    return flow, error


@eqx.filter_jit
def _measured(flow: AbstractNormalizingFlow, test: Float[Array, "n d"], key: Any) -> tuple[Array, Array, Array, Array]:
    path = jax.vmap(flow.path)(test)
    squares = jnp.sum(path.z**2, axis=1)
    nll = squares / 2 + test.shape[1] * jnp.log(jnp.asarray(2 * jnp.pi, test.dtype)) / 2 - path.log_det
    return nll, path.cost, path.z, flow.sample(key, len(test))


@eqx.filter_jit
def _paths(flow: AbstractContinuousFlow, points: Float[Array, "n d"]) -> Array:
    return jax.vmap(flow.trajectory)(points)


@eqx.filter_jit
def _density(flow: AbstractNormalizingFlow, extent: Float[Array, ""]) -> Array:
    ticks = jnp.linspace(-1.0, 1.0, GRID) * extent
    grid = jnp.stack(jnp.meshgrid(ticks, ticks), axis=-1)
    return jnp.exp(jax.vmap(jax.vmap(flow.log_prob))(grid))


def _ends(test: np.ndarray, moved: np.ndarray) -> np.ndarray:
    return np.stack([test[:PATHS], moved[:PATHS]], axis=1)
