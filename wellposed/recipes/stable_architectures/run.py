"""The run: train every architecture at every depth, and measure accuracy, gradients and spectra."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from wellposed.dynamics import FlowClassifier, backward_gradient_norms, stability
from wellposed.recipes.lanes import accuracies, decide, each_lane, lane
from wellposed.simulate import Labelled
from wellposed.train import FitResult, Progress

from .networks import DATA, Networks, build, data, train
from .settings import Settings

PROBES = 4  # points at which a network's gradients and spectrum are measured
GRID = 72  # points along a side of the pictures of decision regions


@dataclass(frozen=True)
class Regions:
    """The classes that a network gives to the plane, with the points that it is judged on."""

    points: np.ndarray
    labels: np.ndarray
    extent: tuple[float, float, float, float]
    classes: np.ndarray


@dataclass(frozen=True)
class Findings:
    """All that a run found; arrays have depths, data sets and seeds as their first axes.

    Attributes:
        accuracy: share of unseen points in the right class.
        start: norms of d x_N / d x_0 before training, medians over probes.
        trained: the same after training.
        least: the least norm of d x_N / d x_k over k and probes, after training.
        growth: the largest real part of the spectrum along the trained flow, over probes.
        profile: of the deepest networks before training: the norms of d x_N / d x_k over k, medians over the rest.
    """

    settings: Settings
    networks: Networks
    accuracy: Mapping[str, np.ndarray]
    start: Mapping[str, np.ndarray]
    trained: Mapping[str, np.ndarray]
    least: Mapping[str, np.ndarray]
    growth: Mapping[str, np.ndarray]
    profile: Mapping[str, np.ndarray]
    regions: Mapping[str, Mapping[str, Regions]]
    fits: Mapping[str, Mapping[str, FitResult]]
    seconds: Mapping[str, float]


def find(settings: Settings, checkpoints: Path, progress: Progress) -> Findings:
    """Everything, stage by stage; trainings that were stopped are taken up from their checkpoints."""
    points, unseen = data(settings, "train"), data(settings, "validation")
    start = build(settings, jax.random.key(settings.seed))
    fits: dict[str, dict[str, FitResult]] = {}
    seconds: dict[str, float] = {}
    tables: dict[str, dict[str, Any]] = {name: {} for name in ("accuracy", "start", "trained", "least", "growth")}
    profile: dict[str, np.ndarray] = {}
    with progress.task("stable architectures", total=len(start.kinds)) as advance:
        for name, by_depth in start.kinds.items():
            clock = time.perf_counter()
            fits[name] = {
                depth: train(settings, f"{name} {depth}", model, points, checkpoints, progress)
                for depth, model in by_depth.items()
            }
            found = [_measured(by_depth[depth], fit.model, unseen) for depth, fit in fits[name].items()]
            for table, of in tables.items():
                of[name] = np.stack([one[table] for one in found])
            profile[name] = found[-1]["profile"]
            seconds[name] = time.perf_counter() - clock
            advance(1, stage=name)
    networks = Networks({name: {depth: fit.model for depth, fit in of.items()} for name, of in fits.items()})
    return Findings(
        settings, networks, **tables, profile=profile, regions=_regions(networks, unseen), fits=fits, seconds=seconds
    )


def _measured(start: FlowClassifier, model: FlowClassifier, unseen: Labelled) -> dict[str, np.ndarray]:
    before, after = (np.asarray(gradients(m, unseen)) for m in (start, model))
    return {
        "accuracy": np.asarray(accuracies(model, unseen)),
        "start": np.median(before[..., 0], -1),
        "trained": np.median(after[..., 0], -1),
        "least": after.min((-1, -2)),
        "growth": _growths(model, unseen),
        "profile": np.median(before, (0, 1, 2)),
    }


def _growths(model: FlowClassifier, points: Labelled) -> np.ndarray:
    """In double precision: an eigenvalue 0 of a layer of second order is off by the square root of the rounding."""
    with jax.enable_x64(True):
        double = lambda leaf: leaf.astype(jnp.float64) if eqx.is_inexact_array(leaf) else leaf
        return np.asarray(growths(*jax.tree.map(double, (model, points))))


@eqx.filter_jit
def gradients(model: FlowClassifier, points: Labelled) -> jax.Array:
    """The norms of d x_N / d x_k at the probes, (sets, seeds, probes, depth + 1)."""

    def at(model: FlowClassifier, x: jax.Array) -> jax.Array:
        x = model.start(x)
        return backward_gradient_norms(model.flow, x, x)

    return each_lane(lambda model, points: jax.vmap(lambda x: at(model, x))(points.points[:PROBES]))(model, points)


@eqx.filter_jit
def growths(model: FlowClassifier, points: Labelled) -> jax.Array:
    """The largest real part of an eigenvalue of the field's Jacobian along the flow, over the probes."""

    def at(model: FlowClassifier, x: jax.Array) -> jax.Array:
        x = model.start(x)
        return stability(model.flow, x, x).growth.max()

    return each_lane(lambda model, points: jax.vmap(lambda x: at(model, x))(points.points[:PROBES]).max())(
        model, points
    )


def _regions(networks: Networks, unseen: Labelled) -> dict[str, dict[str, Regions]]:
    """Of the deepest networks, first seed."""
    deepest = {name: list(of.values())[-1] for name, of in networks.kinds.items()}
    return {
        place: {name: _region(lane(model, i, 0), lane_of(unseen, i)) for name, model in deepest.items()}
        for i, place in enumerate(DATA)
    }


def lane_of(points: Labelled, place: int) -> Labelled:
    """The points of one data set, first seed."""
    return jax.tree.map(lambda leaf: leaf[place, 0], points)


def _region(model: FlowClassifier, data: Labelled) -> Regions:
    reach = 1.1 * float(jnp.abs(data.points).max())
    ticks = jnp.linspace(-reach, reach, GRID)
    grid = jnp.stack(jnp.meshgrid(ticks, ticks), -1).reshape(-1, 2)
    classes = np.asarray(_classes(model, grid)).reshape(GRID, GRID)
    return Regions(np.asarray(data.points), np.asarray(data.labels), (-reach, reach, -reach, reach), classes)


@eqx.filter_jit
def _classes(model: FlowClassifier, points: jax.Array) -> jax.Array:
    return decide(jax.vmap(model)(points))
