"""The training of one network."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
from jaxtyping import Array, Float, Key

from wellposed.geometry import RadiusNetwork, TubeTables, tube_tables
from wellposed.train import FitResult, Minibatches, Progress, falling, fit

from .inputs import Rays
from .settings import Settings

GRAPH, ALONE = "graph network", "without neighbours"
NETWORKS = (GRAPH, ALONE)
_ADAM = optax.chain(optax.clip_by_global_norm(1.0), optax.adam(1.0))
_CHECKS = 20  # on the validation segments
_START_MM = 1.5
_ROUND = 32  # rings


class RadiusMap(eqx.Module):
    """A network, whether it knows of neighbours, and the mean and size of its inputs.

    Args:
        network: the network.
        mean: of the inputs.
        size: of their deviations.
        meshed: whether vertices know of their neighbours.
    """

    network: RadiusNetwork
    mean: Float[Array, " inputs"]
    size: Float[Array, " inputs"]
    meshed: bool = eqx.field(static=True)

    def __call__(self, inputs: Float[Array, "vertices inputs"], tables: TubeTables) -> Float[Array, " vertices"]:
        """The radius at each vertex of one tube, in mm."""
        x = (inputs - self.mean[None]) / self.size[None]
        return self.network(x, tables if self.meshed else None)


class RadiusMaps(eqx.Module):
    """The trained networks, by name."""

    maps: dict[str, RadiusMap]


class Segments(NamedTuple):
    """Samples of equal size: parts of tubes."""

    inputs: Float[Array, "samples vertices inputs"]
    radius: Float[Array, "samples vertices"]


def build(settings: Settings, key: Key[Array, ""]) -> RadiusMaps:
    """The networks before training, with equal weights."""
    size = 2 * settings.samples
    network = RadiusNetwork(size, settings.channels, settings.layers, _START_MM, key=key)
    return RadiusMaps({name: RadiusMap(network, jnp.zeros(size), jnp.ones(size), name == GRAPH) for name in NETWORKS})


def segments(several: Sequence[Rays], settings: Settings) -> Segments:
    """The tubes cut into segments, the last one of each up to its end; shorter tubes go on as they end."""
    n, m = settings.segment, settings.around
    inputs, radius = [], []
    for rays in several:
        if rays.radius is None:
            raise ValueError("Segments expect a known radius, got none.")
        rings = rays.tube.rings
        for start in {*range(0, max(rings - n, 0) + 1, n), max(rings - n, 0)}:
            rows = np.minimum(start + np.arange(n), rings - 1)
            inputs.append(rays.inputs.reshape(rings, m, -1)[rows].reshape(n * m, -1))
            radius.append(rays.radius[rows].reshape(-1))
    return Segments(*(jnp.asarray(np.stack(part), jnp.float32) for part in (inputs, radius)))


class Loss(eqx.Module):
    """The mean absolute error of the radius in mm, on segments with one table."""

    tables: TubeTables

    def __call__(self, model: RadiusMap, batch: Segments, key: Key[Array, ""]) -> tuple[Array, dict[str, Array]]:
        """Over a batch."""
        found = jax.vmap(lambda inputs: model(inputs, self.tables))(batch.inputs)
        value = jnp.mean(jnp.abs(found - batch.radius))
        return value, {"error_mm": value}


class Held(eqx.Module):
    """The same error on held segments, by which the best network is kept."""

    loss: Loss
    held: Segments

    def __call__(self, model: RadiusMap) -> Array:
        """Over all of them, one after the other."""
        one = lambda sample: self.loss(model, jax.tree.map(lambda leaf: leaf[None], sample), jax.random.key(0))[0]
        return jnp.mean(jax.lax.map(one, self.held))


def learn(
    name: str, settings: Settings, train: Segments, held: Segments, folder: Path, progress: Progress
) -> FitResult[RadiusMap]:
    """Train a network; a training that was stopped is taken up."""
    for_net, for_batches, for_fit = jax.random.split(jax.random.key(settings.seed), 3)
    start = build(settings, for_net).maps[name]
    size = jnp.maximum(jnp.std(train.inputs, axis=(0, 1)), 0.01)
    start = RadiusMap(start.network, jnp.mean(train.inputs, axis=(0, 1)), size, start.meshed)
    fixed = eqx.tree_at(lambda m: (m.mean, m.size), jax.tree.map(eqx.is_inexact_array, start), (False, False))
    loss = Loss(tube_tables(settings.segment, settings.around))
    return fit(
        start,
        loss,
        Minibatches(train, size=min(settings.batch, len(train.radius)), key=for_batches),
        falling(_ADAM, settings.learning_rate, settings.steps),
        steps=settings.steps,
        key=for_fit,
        trainable=fixed,
        validate=Held(loss, held),
        every=max(1, settings.steps // _CHECKS),
        folder=folder,
        name=name.replace(" ", "-"),
        settings={"rate": settings.learning_rate, "steps": settings.steps, "seed": settings.seed},
        resume=True,
        progress=progress,
    )


@eqx.filter_jit
def _answer(model: RadiusMap, inputs: Array, tables: TubeTables) -> Array:
    return model(inputs, tables)


def predict(model: RadiusMap, rays: Rays) -> Float[np.ndarray, "rings around"]:
    """The radius at each vertex in mm; tubes are filled up, so that a few programs serve all lengths."""
    rings, around = rays.tube.rings, rays.tube.around
    filled = -(-rings // _ROUND) * _ROUND
    inputs = np.zeros((filled * around, rays.inputs.shape[1]), np.float32)
    inputs[: len(rays.inputs)] = rays.inputs
    found = _answer(model, jnp.asarray(inputs), tube_tables(rings, around, filled))
    return np.asarray(found, np.float64)[: len(rays.inputs)].reshape(rings, around)
