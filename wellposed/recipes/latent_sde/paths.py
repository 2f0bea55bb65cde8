"""Paths of the stochastic Lorenz system, in units in which each coordinate has mean 0 and spread 1."""

from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from wellposed.dynamics import Observations
from wellposed.simulate import stochastic_lorenz

from .settings import Settings

SPLITS = ("train", "validation", "test")


class Units(eqx.Module):
    """Mean and spread of each coordinate over the paths of training, in the units of the equation."""

    mean: Float[Array, " 3"]
    scale: Float[Array, " 3"]

    def of(self, state: Float[Array, " 3"]) -> Float[Array, " 3"]:
        """A state of the equation in these units."""
        return (state - self.mean) / self.scale


class Paths(NamedTuple):
    """One repeat's paths, in its units.

    Attributes:
        ts: times.
        train: noisy paths to learn from.
        test: other noisy paths.
        true: the same without noise.
        again: yet other paths without noise: how far two draws of the system itself are apart.
        units: of all.
    """

    ts: Float[Array, " times"]
    train: Float[Array, "n times 3"]
    test: Float[Array, "n times 3"]
    true: Float[Array, "n times 3"]
    again: Float[Array, "n times 3"]
    units: Units


def paths(settings: Settings, repeat: int) -> Paths:
    """The paths of one repeat, from starts drawn from N(0, I)."""
    key = jax.random.fold_in(jax.random.key(settings.seed + repeat), 3)
    keys = jax.random.split(key, 5)
    ts = jnp.linspace(0, settings.end, settings.points)

    def draw(key: Array) -> Array:
        of_start, of_path = jax.random.split(key)
        return stochastic_lorenz(of_path, jax.random.normal(of_start, (settings.paths, 3)), ts)

    raw = draw(keys[0])
    units = Units(raw.mean((0, 1)), raw.std((0, 1)))
    own = lambda states: jax.vmap(jax.vmap(units.of))(states)
    noisy = lambda key, states: states + settings.noise * jax.random.normal(key, states.shape)
    train, true, again = own(raw), own(draw(keys[1])), own(draw(keys[2]))
    return Paths(ts, noisy(keys[3], train), noisy(keys[4], true), true, again, units)


def data(settings: Settings, split: str) -> Float[Array, "n times 3"]:
    """The noisy paths of a split of the first repeat; nothing is chosen on a validation set, so it is the test's."""
    if split not in SPLITS:
        raise ValueError(f"data expects a split of {', '.join(SPLITS)}, got {split!r}.")
    found = paths(settings, 0)
    return found.train if split == "train" else found.test


def observed(ts: Float[Array, " times"], values: Float[Array, "n times 3"]) -> Observations:
    """Paths as complete observations."""
    return Observations(jnp.tile(ts[None], (len(values), 1)), values, jnp.ones(values.shape, bool))
