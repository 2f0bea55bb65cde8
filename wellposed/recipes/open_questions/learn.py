"""The training of one network on one place, and what it is worth there and elsewhere."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
from jaxtyping import Array, Float, Key

from wellposed.geometry import Cells, InformedNetwork
from wellposed.recipes.precision import at_present_precision
from wellposed.train import FitResult, Minibatches, Progress, falling, fit, soap

from .cases import LATER, Pairs, Place
from .settings import Settings

_UNITS = {"soap": soap(1.0), "adam": optax.adam(1.0)}
_AT_ONCE = 8  # samples that are judged side by side


class OnPlace(eqx.Module):
    """Batches of pairs with the place that they are on."""

    pairs: Minibatches
    cells: Cells

    def __call__(self, key: Key[Array, ""], step: Array) -> tuple[Array, Array, Cells]:
        """Start, end, place."""
        start, end = self.pairs(key, step)
        return start, end, self.cells


def squared_error(model: Any, batch: tuple[Array, Array, Cells], key: Key[Array, ""]) -> tuple[Array, dict[str, Array]]:
    """The mean over samples and fields of |f(x) - y|^2 / |y|^2, with the norm of the masses."""
    x, y, cells = batch
    error = relative_squares(jax.vmap(model, (0, None))(x, cells), y, jnp.asarray(cells.mass)).mean()
    return error, {"squared_error": error}


def relative_squares(
    z: Float[Array, "samples nodes fields"], y: Float[Array, "samples nodes fields"], mass: Float[Array, " nodes"]
) -> Float[Array, "samples fields"]:
    """|z - y|^2 / |y|^2 of each field, with |y|^2 the sum of m_i y_i^2."""
    norm = lambda x: (mass[None, :, None] * x**2).sum(1)
    return norm(z - y) / norm(y)


def learn(
    start: Any, place: Place, data: Pairs, settings: Settings, seed: int, folder: Path, name: str, progress: Progress
) -> FitResult:
    """Train a network; a stopped training goes on."""
    keys = jax.random.split(jax.random.key(seed))
    samples = jnp.asarray(data.start, float), jnp.asarray(data.end, float)
    return fit(
        start,
        squared_error,
        OnPlace(Minibatches(samples, size=settings.batch, key=keys[0]), place.cells.on_device()),
        falling(_UNITS[settings.optimiser], settings.learning_rate, settings.steps),
        steps=settings.steps,
        key=keys[1],
        folder=folder,
        name=name,
        settings={"rate": settings.learning_rate, "steps": settings.steps, "seed": seed},
        resume=True,
        progress=progress,
    )


@dataclass(frozen=True)
class Judged:
    """A trained network in one place, on initial values that it has not seen.

    Attributes:
        error: mean over samples of the relative error after the time.
        later: the same after `LATER` times the time, the network being applied as often.
        mass: the largest change of the sum of m_i u_i, over the sum of m_i |u_i|, in float64.
        beyond: how far u leaves the range of its start, over the width of that range; below 0 where it does not. None
            but for heat: waves and advection may leave it.
        energy: mean over samples of the energy at the end over that of the exact solution, less 1; None for advection,
            which has none to keep or to lose.
        states: start, exact end and the network's end of the first sample, each (nodes, fields).
    """

    error: float
    later: float
    mass: float
    beyond: float | None
    energy: float | None
    states: tuple[np.ndarray, np.ndarray, np.ndarray]


def judge(model: Any, equation: str, place: Place, data: Pairs) -> Judged:
    """On the pairs of a place."""
    with jax.enable_x64(True):
        exact = at_present_precision(model)
        cells = place.cells.on_device()
        exact = exact.stable_on(cells) if isinstance(exact, InformedNetwork) else exact
        start = jnp.asarray(data.start, float)
        end = _applied(exact, start, cells)
        later = end
        for _ in range(LATER - 1):
            later = _applied(exact, later, cells)
        error = lambda z, y: float(
            jnp.sqrt(relative_squares(z, jnp.asarray(y), jnp.asarray(cells.mass)).mean(1)).mean()
        )
        errors = error(end, data.end), error(later, data.later)
    z, mass = np.asarray(end), np.asarray(place.cells.mass)[None]
    u = data.start[..., 0]
    drift = np.abs((mass * (z[..., 0] - u)).sum(1)) / (mass * np.abs(u)).sum(1)
    beyond = energy = None
    if equation == "heat":
        beyond = float((np.maximum(u.min(1) - z[..., 0].min(1), z[..., 0].max(1) - u.max(1)) / np.ptp(u, axis=1)).max())
    if equation != "advection":
        energy = float((energies(place, z) / energies(place, data.end) - 1).mean())
    return Judged(*errors, float(drift.max()), beyond, energy, (data.start[0], data.end[0], z[0]))


def energies(place: Place, x: Float[np.ndarray, "samples nodes fields"]) -> Float[np.ndarray, " samples"]:
    """u' L u / 2, with that of motion v' M v / 2 where there is a v; L by the symmetric part of the rates."""
    weights = (place.rates + place.rates.T) / 2
    u = x[..., 0]
    potential = ((u**2 @ weights.sum(1)) - np.einsum("si,ij,sj->s", u, weights, u, optimize=True)) / 2
    motion = (np.asarray(place.cells.mass)[None, :, None] * x[..., 1:] ** 2).sum((1, 2)) / 2
    return potential + motion


@eqx.filter_jit
def _applied(model: Any, x: Float[Array, "samples nodes fields"], cells: Cells) -> Array:
    return jax.lax.map(lambda one: model(one, cells), x, batch_size=min(_AT_ONCE, len(x)))
