"""The training of one network."""

from pathlib import Path

import equinox as eqx
import jax
import jax.numpy as jnp
import optax
from jaxtyping import Array, Float, Key

from wellposed.train import FitResult, Minibatches, Progress, falling, fit

from .inputs import Sample
from .networks import StressMap, Units, network
from .settings import Settings

_ADAM = optax.chain(optax.clip_by_global_norm(1.0), optax.adam(1.0))
_CHECKS = 20  # on the validation meshes


def loss(model: StressMap, batch: Sample, key: Key[Array, ""]) -> tuple[Float[Array, ""], dict[str, Array]]:
    """The mean absolute error of the components over vertices that count, in units of the stress [@suk2024]."""
    value = _error(model, batch)
    return value, {"error": value}


def _error(model: StressMap, batch: Sample) -> Float[Array, ""]:
    found = jax.vmap(model)(batch.wall)
    off = jnp.sum(jnp.abs(found - batch.stress), axis=-1) / (3 * model.units.stress)
    return jnp.sum(jnp.where(batch.mask, off, 0)) / jnp.maximum(jnp.sum(batch.mask), 1)


class Held(eqx.Module):
    """The same error on the validation meshes: the best network on them is kept."""

    held: Sample

    def __call__(self, model: StressMap) -> Float[Array, ""]:
        """One mesh after the other, for memory."""
        one = lambda sample: _error(model, jax.tree.map(lambda leaf: leaf[None], sample))
        return jnp.mean(jax.lax.map(one, self.held))


def learn(
    name: str, settings: Settings, train: Sample, held: Sample, folder: Path, progress: Progress
) -> FitResult[StressMap]:
    """Train a network; a training that was stopped is taken up."""
    key = jax.random.fold_in(jax.random.key(settings.seed), sum(name.encode()))
    for_net, for_batches, for_fit = jax.random.split(key, 3)
    start = network(name, settings, Units.of(train), for_net)
    size = min(settings.batch, len(train.mask))
    steps = max(1, settings.epochs * len(train.mask) // size)
    return fit(
        start,
        loss,
        Minibatches(train, size=size, key=for_batches),
        falling(_ADAM, settings.learning_rate, steps),
        steps=steps,
        key=for_fit,
        trainable=start.trainable,
        validate=Held(held),
        every=max(1, steps // _CHECKS),
        folder=folder,
        name=name.replace(" ", "-"),
        settings={"rate": settings.learning_rate, "steps": steps, "seed": settings.seed},
        resume=True,
        progress=progress,
    )
