"""One game learned by a potential, judged, and solved on a grid beside it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import optax

from wellposed.errors import InputError
from wellposed.train import FitResult, Progress, falling, fit
from wellposed.transport import (
    Certificate,
    FreshCrowds,
    Grid,
    GridGame,
    GridSolution,
    LagrangianLoss,
    MeanFieldGame,
    Potential,
    PotentialMap,
    Settlement,
    certificate,
    settle,
    solve_grid,
)

from .settings import CrowdSettings

_CLIPPED_ADAM = optax.chain(optax.clip_by_global_norm(100.0), optax.adam(1.0))
_PIECE = 256  # agents whose gradients are computed at once: they fit into the cache


@dataclass(frozen=True)
class Training:
    """How a potential is trained.

    Attributes:
        width: of the potential's network.
        rank: the most rows of its quadratic part.
        iterations: steps of Adam.
        batch: agents in a step, drawn anew.
        rate: the learning rate at the start; it falls to 0 along a cosine.
        steps: of RK4.
        hjb: weight of the penalties for the HJB equation.
    """

    width: int
    rank: int
    iterations: int
    batch: int
    rate: float
    steps: int
    hjb: float


def training(settings: CrowdSettings) -> Training:
    """How the settings of a recipe say that potentials are trained."""
    return Training(
        settings.width,
        settings.rank,
        settings.iterations,
        settings.batch,
        settings.learning_rate,
        settings.time_steps,
        settings.hjb,
    )


def start(d: int, training: Training, key: jax.Array) -> Potential:
    """The potential before training."""
    return Potential.random(d, training.width, key, rank=training.rank)


def learn(
    game: MeanFieldGame,
    phi: Potential,
    training: Training,
    seed: int,
    name: str,
    folder: Path | None,
    progress: Progress,
) -> FitResult[Potential]:
    """Train a potential for a game; a training that was stopped is taken up."""
    return fit(
        phi,
        LagrangianLoss(game, training.steps, training.hjb, training.hjb),
        FreshCrowds(game, training.batch),
        falling(_CLIPPED_ADAM, training.rate, training.iterations),
        steps=training.iterations,
        key=jax.random.key(seed),
        average=0.99,
        microbatch=_PIECE if training.batch % _PIECE == 0 else training.batch,
        folder=folder,
        name=name,
        settings={"training": training, "seed": seed},
        resume=True,
        progress=progress,
    )


def judged(game: MeanFieldGame, phi: Potential, seed: int, agents: int, steps: int) -> Settlement:
    """The objective on agents that training has not seen, with more steps."""
    return settle(phi, game, jax.random.fold_in(jax.random.key(seed), 1), agents, steps)


def on_grid(
    game: MeanFieldGame, box: tuple[tuple[float, float], ...], shape: tuple[int, ...], steps: int, tolerance: float
) -> GridSolution:
    """The optimum of the same game on a grid, in double precision, with its gap."""
    with jax.enable_x64(True):
        double = _double(game)
        (terminal,) = double.terminal
        grid = Grid(box, shape, steps, float(game.horizon))
        problem = GridGame(grid, double.initial, terminal, double.running, double.kinetic, double.nu)
        return solve_grid(problem, tolerance, max_steps=4000, throw=False)


def certified(solved: GridSolution, phi: Potential) -> Certificate | None:
    """The primal and the dual value of a learned potential on that grid; None where no density can follow it."""
    with jax.enable_x64(True):
        try:
            return certificate(solved.game, _double(phi))
        except InputError:  # its velocity is too large somewhere in the box
            return None


def map_of(game: MeanFieldGame, phi: Potential, steps: int) -> PotentialMap:
    """The map that a potential has learned."""
    return PotentialMap(phi, jnp.asarray(game.kinetic), float(game.horizon), steps)


def _double(model: Any) -> Any:
    return jax.tree.map(lambda a: jnp.asarray(a, float) if eqx.is_inexact_array(a) else a, model)
