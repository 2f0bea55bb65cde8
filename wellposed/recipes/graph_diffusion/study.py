"""What depth does to each architecture, and what diffusion does to the energy."""

import dataclasses
import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from wellposed.geometry import (
    DiffusionNetwork,
    dirichlet_energy,
    maximum_principle_error,
    smoothness,
    spread,
    stochasticity_error,
)
from wellposed.nn import NeighbourTable
from wellposed.train import Progress

from .learn import trained
from .methods import Method, deep_gcn, method, waves
from .problem import Problem
from .settings import Settings
from .tuned import Tuned

DEEP = ("GCN", "GRAND-l", "PDE-GCN-D", "PDE-GCN-M")
WIDTH = 32  # of the deep GCN and PDE-GCN


@dataclass(frozen=True)
class Depth:
    """The study of depth of one architecture.

    Attributes:
        accuracy: on the test nodes in %, (depths, seeds).
        spread: how much of the last state tells nodes apart, one for each depth, first seed.
    """

    accuracy: np.ndarray
    spread: np.ndarray


def depth_study(
    problem: Problem, tuned: Tuned, settings: Settings, folder: Path, progress: Progress, each: Callable[[], None]
) -> dict[str, Depth]:
    """Train each architecture at each depth; time grows with depth, one unit a step."""
    found = {}
    for name in DEEP if settings.depths else ():
        rows, spreads = [], []
        for depth in settings.depths:
            run = trained(
                f"{name}-depth{depth}",
                [_deep(name, problem, tuned, depth)] * settings.depth_seeds,
                [problem] * settings.depth_seeds,
                settings.effort,
                settings.seed,
                folder,
                progress,
                each,
            )
            rows.append(run.accuracy)
            spreads.append(float(_spread(run.first, problem.x, problem.graph.table())))
        found[name] = Depth(np.array(rows), np.array(spreads))
    return found


def _deep(name: str, problem: Problem, tuned: Tuned, depth: int) -> Method:
    if name == "GCN":
        s = tuned.convolution
        return Method(functools.partial(deep_gcn, problem, s, WIDTH, depth), problem.graph, s.training)
    if name == "GRAND-l":
        s = dataclasses.replace(tuned.linear, time=float(depth), steps=depth)
        return method(name, problem, dataclasses.replace(tuned, linear=s))
    motion = {"PDE-GCN-D": "diffusive", "PDE-GCN-M": "mixed"}[name]
    s = dataclasses.replace(tuned.waves, width=WIDTH)
    return Method(functools.partial(waves, problem, s, motion, depth), problem.graph, s.training)


@eqx.filter_jit
def _spread(network: Any, x: Any, table: NeighbourTable) -> jax.Array:
    states = network.trajectory(x, table) if isinstance(network, DiffusionNetwork) else network.states(x, table)
    return spread(states[-1])


@dataclass(frozen=True)
class Energies:
    """A diffusion network along its time, and beyond.

    Attributes:
        times: from 0 to three times the end.
        states: (times, nodes, width).
        shares: of the edges, at the start.
        energy: the Dirichlet energy over its start, without source.
        smoothness: the energy over the square of the state's spread, with source.
        bare_smoothness: the same without source.
        stochasticity_error: of the attention.
        maximum_principle_error: of the flow without source.
    """

    times: np.ndarray
    states: np.ndarray
    shares: np.ndarray
    energy: np.ndarray
    smoothness: np.ndarray
    bare_smoothness: np.ndarray
    stochasticity_error: float
    maximum_principle_error: float


def energies(network: DiffusionNetwork, problem: Problem) -> Energies:
    """Measured on the trained network."""
    table = problem.graph.table()
    longer = network.until(3 * float(network.flow.t1), 3 * network.flow.scheme_steps())
    field: Any = longer.flow.field
    silent = longer if field.beta is None else eqx.tree_at(_beta, longer, jnp.zeros(()))
    states, shares, numbers = _along(longer, silent, problem.x, table)
    energy, smooth, bare_smooth, row, principle = (np.asarray(value) for value in numbers)
    times = np.linspace(0, 3 * float(network.flow.t1), len(energy))
    return Energies(
        times,
        np.asarray(states),
        np.asarray(shares),
        energy / energy[0],
        smooth,
        bare_smooth,
        float(row),
        float(principle),
    )


def _beta(network: DiffusionNetwork) -> Any:
    field: Any = network.flow.field
    return field.beta


@eqx.filter_jit
def _along(network: DiffusionNetwork, silent: DiffusionNetwork, x: Any, table: NeighbourTable) -> Any:
    states, quiet = network.trajectory(x, table), silent.trajectory(x, table)
    medium = network.start(x, table)[1]
    assert medium.shares is not None, "the linear field's diffusivity is that of its start"
    energy = lambda states: jax.lax.map(lambda state: dirichlet_energy(state, table), states)
    smooth = lambda states: jax.lax.map(lambda state: smoothness(state, table), states)
    laws = stochasticity_error(medium.shares, table), maximum_principle_error(quiet)
    return states, medium.shares, (energy(quiet), smooth(states), smooth(quiet), *laws)
