"""APAC-Net in one environment."""

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
from jaxtyping import Array, Key

from wellposed.train import FitResult, Progress, fit
from wellposed.transport import (
    APACNet,
    Encounters,
    Environment,
    apac_optimiser,
    bottleneck,
    feedback_cost,
    quadcopter,
    two_diagonals,
)
from wellposed.transport import (
    Played as Loss,
)

from .settings import Settings

ENVIRONMENTS: Mapping[str, Callable[[], Environment]] = {
    "bottleneck": bottleneck,
    "two-diagonals": two_diagonals,
    "quadcopter": quadcopter,
}
SHOWN = 60  # paths that are drawn
AGENTS = 300  # whose costs are averaged
CELLS = 60  # a side of the pictures of phi
# Learning rates of phi and of the generator; far fewer steps than published, so that they are higher. In twelve
# dimensions phi has to lead.
RATES = {"bottleneck": (1e-3, 5e-4), "two-diagonals": (1e-3, 5e-4), "quadcopter": (3e-3, 1e-4)}


@dataclass(frozen=True)
class Played:
    """What APAC-Net learned in an environment.

    Attributes:
        environment: the game.
        fitted: the networks, with the history of the residual.
        before: J of agents who follow phi before training.
        after: J of agents who follow it afterwards.
        distance: mean distance from the target at the end, of agents who follow phi, in the target's coordinates.
        distance_at_start: the same before they move.
        paths: of such agents, (agents, nodes, d).
        generated: of the generator, likewise.
        obstacle: Q on a square grid of cells.
        phi: the value function on it at times 0, T/2 and T, the other coordinates on the way from start to target.
    """

    environment: Environment
    fitted: FitResult[APACNet]
    before: float
    after: float
    distance: float
    distance_at_start: float
    paths: np.ndarray
    generated: np.ndarray
    obstacle: np.ndarray
    phi: np.ndarray

    @property
    def residuals(self) -> np.ndarray:
        """Root of the mean squared residual of the equation, of every step's batch."""
        return np.asarray(self.fitted.history.terms["hjb_residual"])


def play(settings: Settings, name: str, environment: Environment, checkpoints: Path, progress: Progress) -> Played:
    """Train, from the checkpoint if there is one, and let agents follow phi."""
    keys = jax.random.split(jax.random.fold_in(jax.random.key(settings.seed), zlib.crc32(name.encode())), 4)
    start = APACNet.random(environment, settings.apac_width, keys[0])
    of_value, of_generator = RATES[name]
    falling = lambda most: optax.cosine_decay_schedule(most, settings.apac_steps, 0.02)
    fitted = fit(
        start,
        Loss(),
        Encounters(environment, settings.apac_batch),
        apac_optimiser(falling(of_value), falling(of_generator)),
        steps=settings.apac_steps,
        key=keys[1],
        trainable=start.trainable,
        folder=checkpoints,
        name=f"apac-{name}",
        settings={"rates": RATES[name], "steps": settings.apac_steps},
        resume=True,
        progress=progress,
    )
    z = environment.initial.sample(keys[2], AGENTS)
    cost = eqx.filter_jit(feedback_cost)
    paths, generated = (np.asarray(part) for part in _paths(fitted.model, z, keys[3]))
    terminal = jax.vmap(environment.terminal)
    weight = environment.terminal.weight  # pyright: ignore[reportFunctionMemberAccess]
    obstacle, phi = (np.asarray(part) for part in _tabulated(fitted.model))
    return Played(
        environment,
        fitted,
        float(cost(start, z, keys[3])),
        float(cost(fitted.model, z, keys[3])),
        float(terminal(jnp.asarray(paths[:, -1])).mean() / weight),
        float(terminal(z).mean() / weight),
        paths,
        generated,
        obstacle,
        phi,
    )


@eqx.filter_jit
def _paths(model: APACNet, z: Array, key: Key[Array, ""]) -> tuple[Array, Array]:
    """Of agents who follow phi, and of the generator, at the same times."""
    followed = jax.vmap(model.path)(z, jax.random.split(key, len(z)))
    ts = jnp.linspace(0.0, model.environment.horizon, followed.shape[1])
    return followed, jax.vmap(lambda z: jax.vmap(lambda t: model.generate(z, t))(ts))(z)


@eqx.filter_jit
def _tabulated(model: APACNet) -> tuple[Array, Array]:
    """Q, and phi at three times, on a square of cells in the first two coordinates."""
    env = model.environment
    ticks = (jnp.arange(CELLS) + 0.5) / CELLS * 2 * env.shown - env.shown
    rest = jnp.zeros_like(env.initial.sample(jax.random.key(0), 1)[0])[2:]
    place = lambda a, b: jnp.concatenate([jnp.stack([a, b]), rest])
    over = lambda f: jax.vmap(lambda a: jax.vmap(lambda b: f(place(a, b)))(ticks))(ticks)
    phi = [over(lambda x, t=t: model(x, jnp.asarray(t * env.horizon))) for t in (0.0, 0.5, 1.0)]
    return over(env.obstacle), jnp.stack(phi)
