"""The crowd that goes around an obstacle with noise: the game, its grid, and the maps that are learned."""

from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from wellposed.transport import (
    Gaussian,
    Grid,
    MeanFieldGame,
    Preference,
    Quadratic,
    Region,
    ValueFunction,
    bump,
    sde_path,
)

from .settings import Settings

START, TARGET, VARIANCE = (0.0, 2.0), (0.0, -2.0), 0.25
HALF = (3.5, 4.2)  # of the grid's box: where mass comes, at both diffusivities
SCALE = 4.0  # of the region on which the network sees space
NODES = 40  # time steps of the paths that are shown
SPLITS = ("train", "validation", "test")
LOW, HIGH = "low", "high"


class Agents(NamedTuple):
    """Samples of the initial density."""

    points: Float[Array, "agents 2"]


class Crowds(eqx.Module):
    """The value functions at both diffusivities."""

    low: ValueFunction
    high: ValueFunction

    def __call__(self, x: Float[Array, " 2"]) -> Float[Array, "nodes 2"]:
        """Where an agent at x goes by the policy of low diffusivity, in equal steps of time, while its noise is nil."""
        policy = lambda x, t: -jax.grad(lambda x, t: self.low(x, t))(x, t)
        return sde_path(policy, 0.0, 1.0, NODES, x, jax.random.key(0))


def game(settings: Settings, nu: float) -> MeanFieldGame:
    """From (0, 2) to (0, -2) past an obstacle at 0, in the precision in force."""
    place = lambda pair: jnp.asarray(pair, float)
    return MeanFieldGame(
        Gaussian.isotropic(place(START), VARIANCE),
        (Preference(Quadratic(settings.pull, place(TARGET))),),
        (Preference(bump(settings.height, place((0.0, 0.0)), place((1.0, 0.5)))),),
        nu=jnp.asarray(nu, float),  # an array: both diffusivities share their programs
    )


def region() -> Region:
    """The whole plane, made finite."""
    return Region(jnp.zeros(2, float), jnp.full(2, SCALE, float))


def grid(settings: Settings) -> Grid:
    """Square cells in the box."""
    cells = round(settings.cells * HALF[1] / HALF[0])
    return Grid(tuple((-h, h) for h in HALF), (settings.cells, cells), settings.times)


def data(settings: Settings, split: str) -> Agents:
    """Agents of a split, as many as a training step has."""
    key = jax.random.fold_in(jax.random.key(settings.seed), SPLITS.index(split))
    return Agents(game(settings, settings.low).initial.sample(key, settings.agents))


def build(settings: Settings, key: Key[Array, ""]) -> Crowds:
    """The value functions before training."""
    for_low, for_high = jax.random.split(key)
    start = lambda nu, key: ValueFunction.random(game(settings, nu), region(), settings.width, key)
    return Crowds(start(settings.low, for_low), start(settings.high, for_high))
