"""The two steps at one diffusivity: a neural SDE, then the value function, its policy and its bound."""

from dataclasses import dataclass
from pathlib import Path

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
from jaxtyping import Array, Key

from wellposed.metrics import mean_interval
from wellposed.train import FitResult, Progress, falling, fit
from wellposed.transport import (
    FittedValue,
    GeneratorLoss,
    GridSolution,
    MeanFieldGame,
    NeuralSDE,
    PathCost,
    Policy,
    PrimalDual,
    Starts,
    ValueFunction,
    ValueTask,
    fit_value,
    grid_game,
    path_cost,
    primal_dual,
    sde_path,
    solve_grid,
)

from .problem import NODES, game, grid, region
from .settings import Settings

JUDGED = 4096  # paths whose mean cost is reported
SHOWN = 60  # paths that are drawn
CROWD = 512  # paths that the value function is fitted along
_AGAIN = 4  # more searches for the largest residual, after training
_ADAM = optax.adam(1.0)
MOVING = 400  # agents of the animation


@dataclass(frozen=True)
class Crossing:
    """What was found at one diffusivity.

    Attributes:
        nu: the diffusivity.
        generator: the first step.
        generated: what the neural SDE's paths cost, one row a path: kinetic, running, terminal.
        followed: what the paths of the value function's policy cost, likewise, by Euler-Maruyama.
        value: the second step.
        bounds: of each snapshot.
        last: the bounds after training, with the largest residuals of some searches that are independent.
        solved: the grid solver's own answer.
        paths: of the policy, for the animation.
        generated_paths: of the neural SDE.
        phi: the value function on the grid's cells at three times.
    """

    nu: float
    generator: FitResult[NeuralSDE]
    generated: np.ndarray
    followed: np.ndarray
    value: FittedValue
    bounds: list[PrimalDual]
    last: PrimalDual
    solved: GridSolution
    paths: np.ndarray
    generated_paths: np.ndarray
    phi: np.ndarray


def cost_interval(costs: np.ndarray) -> dict[str, float]:
    """The mean of J over paths with its 95 % interval."""
    found = mean_interval(costs.sum(axis=1))
    return {"mean": found.mean, "low": found.low, "high": found.high}


def cross(
    settings: Settings, name: str, nu: float, start: ValueFunction, checkpoints: Path, progress: Progress
) -> Crossing:
    """Both steps, from checkpoints where there are some, and what they are worth."""
    played = game(settings, nu)
    keys = jax.random.split(jax.random.fold_in(jax.random.key(settings.seed), round(1e6 * nu)), 7)
    generator = _generated(settings, name, played, keys[0], checkpoints, progress)
    sde = generator.model
    places = played.initial.sample(keys[1], JUDGED)
    crowd = paths(sde.velocity, played, sde.steps, places[:CROWD], keys[2])
    task = ValueTask(
        settings.steps, settings.spread, settings.along, snapshots=settings.snapshots, name=f"value-{name}"
    )
    value = fit_value(played, start, crowd, task, keys[3], checkpoints, progress)
    bounds = [
        primal_dual(played, value.at(i), grid(settings), region(), keys[4], settings.looks)
        for i in range(len(value.steps))
    ]
    last = bounds[-1]
    for key in jax.random.split(keys[6], _AGAIN):
        last = worse(last, primal_dual(played, value.value, grid(settings), region(), key, settings.looks))
    policy = Policy(value.value)
    return Crossing(
        nu,
        generator,
        _costs(played, sde.velocity, sde.steps, places, keys[5]),
        _costs(played, policy, 4 * NODES, places, keys[5]),
        value,
        bounds,
        last,
        solve_grid(grid_game(played, grid(settings)), max_steps=settings.grid_steps, throw=False),
        np.asarray(paths(policy, played, NODES, places[:MOVING], keys[5])),
        np.asarray(crowd[:SHOWN]),
        np.asarray(_tabulated(settings, value.value)),
    )


def worse(one: PrimalDual, other: PrimalDual) -> PrimalDual:
    """The bounds of one value function by two searches, each with what the worse of them found."""
    return one._replace(
        dual=jnp.minimum(one.dual, other.dual),
        dual_uniform=jnp.minimum(one.dual_uniform, other.dual_uniform),
        residual=jnp.maximum(one.residual, other.residual),
    )


@eqx.filter_jit
def paths(velocity, played: MeanFieldGame, steps: int, places: Array, key: Key[Array, ""]) -> Array:
    """Paths of agents from their places, (agents, nodes, d)."""
    keys = jax.random.split(key, len(places))
    return jax.vmap(lambda x, k: sde_path(velocity, played.nu, played.horizon, steps, x, k))(places, keys)


def _generated(settings, name: str, played: MeanFieldGame, key, folder: Path, progress) -> FitResult[NeuralSDE]:
    for_net, for_fit = jax.random.split(key)
    start = NeuralSDE.random(2, settings.generator_width, for_net, played.nu, played.horizon, settings.layers)
    return fit(
        start,
        GeneratorLoss(played),
        Starts(played, settings.agents),
        falling(_ADAM, settings.generator_rate, settings.generator_steps),
        steps=settings.generator_steps,
        key=for_fit,
        trainable=start.trainable,
        folder=folder,
        name=f"generator-{name}",
        settings={"rate": settings.generator_rate, "steps": settings.generator_steps},
        resume=True,
        progress=progress,
    )


def _costs(played: MeanFieldGame, velocity, steps: int, places: Array, key: Key[Array, ""]) -> np.ndarray:
    found = _path_costs(played, velocity, steps, places, key)
    return np.stack([np.asarray(part) for part in found], axis=1)


@eqx.filter_jit
def _path_costs(played: MeanFieldGame, velocity, steps: int, places: Array, key: Key[Array, ""]) -> PathCost:
    keys = jax.random.split(key, len(places))
    return jax.vmap(lambda x, k: path_cost(played, velocity, steps, x, k))(places, keys)


@eqx.filter_jit
def _tabulated(settings: Settings, phi: ValueFunction) -> Array:
    """phi at times 0, 1/2 and 1, (3, columns, rows)."""
    centres = grid(settings).centres()
    at = lambda t: jax.vmap(jax.vmap(lambda x: phi(x, t)))(centres)
    return jax.lax.map(at, jnp.array([0.0, 0.5, 1.0], centres.dtype))
