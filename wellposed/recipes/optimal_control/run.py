"""The run: train every kind of network on every data set, and measure what came of it."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from wellposed.dynamics import FlowClassifier
from wellposed.recipes.lanes import accuracies, each_lane, lane, probability
from wellposed.simulate import Labelled
from wellposed.train import FitResult, Progress

from .networks import DATA, ODENET, SIMPLEX, Networks, build, data, train
from .settings import Settings

GRID = 72  # points along a side of the pictures of decision regions


@dataclass(frozen=True)
class Portrait:
    """What one network does, for the pictures: seed 0 of a method on a data set.

    Attributes:
        points: of the validation set.
        labels: their classes.
        moved: the points at the end of the flow.
        line: the weights and the bias of the output, which part the moved points.
        extent: left, right, bottom and top of the square in which `regions` lie.
        regions: the probability of class 1 on a grid, rows from bottom to top.
    """

    points: np.ndarray
    labels: np.ndarray
    moved: np.ndarray
    line: tuple[np.ndarray, float]
    extent: tuple[float, float, float, float]
    regions: np.ndarray


@dataclass(frozen=True)
class Findings:
    """All that a run found, for its record and its page; arrays have data sets and seeds as their first two axes."""

    settings: Settings
    networks: Networks
    accuracy: Mapping[str, np.ndarray]
    scheme_accuracy: Mapping[str, np.ndarray]
    stretch: Mapping[str, np.ndarray]
    steps: Mapping[str, np.ndarray]
    portraits: Mapping[str, Mapping[str, Portrait]]
    through: np.ndarray
    fits: Mapping[str, FitResult]
    seconds: Mapping[str, float]


def find(settings: Settings, checkpoints: Path, progress: Progress) -> Findings:
    """Everything, stage by stage; trainings that were stopped are taken up from their checkpoints."""
    clock = time.perf_counter()
    points, unseen = data(settings, "train"), data(settings, "validation")
    start = build(settings, jax.random.key(settings.seed))
    fits: dict[str, FitResult] = {}
    seconds: dict[str, float] = {}
    with progress.task("optimal control", total=len(start.methods) + len(start.schemes) + 1) as advance:
        for name, model in (start.methods | start.schemes).items():
            fits[name] = train(settings, name, model, points, checkpoints, progress)
            seconds[name] = time.perf_counter() - clock
            clock = time.perf_counter()
            advance(1, stage=name)
        networks = Networks(
            {name: fits[name].model for name in start.methods}, {name: fits[name].model for name in start.schemes}
        )
        found = _measured(settings, networks, unseen)
        advance(1, stage="pictures")
    return Findings(settings, networks, **found, fits=fits, seconds=seconds)


def _measured(settings: Settings, networks: Networks, unseen: Labelled) -> dict[str, Any]:
    of = lambda seeds: jax.tree.map(lambda leaf: leaf[:, :seeds], unseen)
    judged = of(settings.seeds)
    methods = networks.methods
    spiral = lane(methods[SIMPLEX], list(DATA).index("spiral"), 0)
    return {
        "accuracy": {name: np.asarray(accuracies(model, judged)) for name, model in methods.items()},
        "scheme_accuracy": {
            name: np.asarray(accuracies(model, of(settings.scheme_seeds))) for name, model in networks.schemes.items()
        },
        "stretch": {name: np.asarray(stretches(model, judged)) for name, model in methods.items()},
        "steps": {name: np.asarray(_time_steps(methods[name])) for name in (ODENET, SIMPLEX)},
        "portraits": {
            place: {name: portrait(lane(model, i, 0), lane_of(judged, i)) for name, model in methods.items()}
            for i, place in enumerate(DATA)
        },
        "through": np.asarray(_through(spiral, lane_of(judged, list(DATA).index("spiral")).points)),
    }


def lane_of(points: Labelled, place: int) -> Labelled:
    """The points of one data set, first seed."""
    return jax.tree.map(lambda leaf: leaf[place, 0], points)


def _time_steps(model: FlowClassifier) -> jax.Array:
    field: Any = model.flow.field
    return field.layers.h


@eqx.filter_jit
def stretches(model: FlowClassifier, points: Labelled) -> jax.Array:
    """The largest and the least singular value of the flow's Jacobian over the points, for each lane."""

    def of_lane(model: FlowClassifier, points: Labelled) -> jax.Array:
        jacobians = jax.vmap(jax.jacfwd(model.features))(points.points)
        values = jnp.linalg.svd(jacobians, compute_uv=False)
        return jnp.stack([values.max(), values.min()])

    return each_lane(of_lane)(model, points)


def portrait(model: FlowClassifier, data: Labelled) -> Portrait:
    """What a network does with points, and with the plane around them."""
    reach = 1.1 * float(jnp.abs(data.points).max())
    ticks = jnp.linspace(-reach, reach, GRID)
    grid = jnp.stack(jnp.meshgrid(ticks, ticks), -1).reshape(-1, 2)
    regions, moved = _drawn(model, grid, data.points)
    weight = np.asarray(model.weight[0])
    return Portrait(
        np.asarray(data.points),
        np.asarray(data.labels),
        np.asarray(moved),
        (weight, float(model.bias[0])),
        (-reach, reach, -reach, reach),
        np.asarray(regions).reshape(GRID, GRID),
    )


@eqx.filter_jit
def _drawn(model: FlowClassifier, grid: jax.Array, points: jax.Array) -> tuple[jax.Array, jax.Array]:
    return jax.vmap(lambda x: probability(model, x))(grid), jax.vmap(model.features)(points)


@eqx.filter_jit
def _through(model: FlowClassifier, points: jax.Array) -> jax.Array:
    """The states after every layer, (points, depth + 1, width)."""
    return jax.vmap(lambda x: model.flow.trajectory(model.start(x)))(points)
