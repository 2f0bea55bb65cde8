"""The model and its training."""

import functools
from pathlib import Path

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
from jaxtyping import Array, Float, Key

from wellposed.dynamics import Forecast, LatentSDE, Lessons, Observations, negative_elbo
from wellposed.train import FitResult, Minibatches, Progress, fit

from .paths import Paths, Units, observed
from .settings import Settings

DRAWS = 32


class Smoother(eqx.Module):
    """The trained model as a map of one noisy path to the mean of its posterior, in the units of the equation."""

    model: LatentSDE
    units: Units
    ts: Float[Array, " times"]

    def __call__(self, path: Float[Array, "times 3"]) -> Float[Array, "times 3"]:
        """The path without noise, as the model knows it."""
        values = jax.vmap(self.units.of)(path)
        seen = Observations(self.ts, values, jnp.ones(values.shape, bool))
        mean = jnp.asarray(self.model.forecast(seen, self.ts, jax.random.key(0), DRAWS).mean)
        return mean * self.units.scale[None] + self.units.mean[None]


def build(settings: Settings, key: Key[Array, ""]) -> Smoother:
    """The map before training, in the units of the equation."""
    ts = jnp.linspace(0, settings.end, settings.points)
    return Smoother(untrained(settings, key), Units(jnp.zeros(3), jnp.ones(3)), ts)


def untrained(settings: Settings, key: Key[Array, ""]) -> LatentSDE:
    """The model before training."""
    return LatentSDE(
        3,
        t1=settings.end,
        steps=settings.substeps * (settings.points - 1),
        key=key,
        latent=settings.latent,
        context=settings.context,
        width=settings.width,
        narrow=settings.narrow,
        noise=settings.noise,
    )


def teach(settings: Settings, known: Paths, repeat: int, folder: Path, progress: Progress) -> FitResult[LatentSDE]:
    """Train on the paths of one repeat."""
    key = jax.random.fold_in(jax.random.key(settings.seed + repeat), 4)
    seen = observed(known.ts, known.train)
    samples = Minibatches((seen, seen), min(settings.batch, settings.paths), key=jax.random.fold_in(key, 1))
    return fit(
        untrained(settings, key),
        negative_elbo,
        Lessons(samples, settings.rise),
        _optimiser(settings.rate, settings.steps),
        steps=settings.steps,
        key=jax.random.fold_in(key, 2),
        folder=folder,
        name=f"latent SDE, repeat {repeat}",
        settings={"steps": settings.steps, "rate": settings.rate, "batch": settings.batch},
        resume=True,
        progress=progress,
    )


@functools.cache
def _optimiser(rate: float, steps: int) -> optax.GradientTransformation:
    """One object for all repeats, so that they share their compiled steps."""
    return optax.chain(optax.clip_by_global_norm(1e3), optax.adam(optax.cosine_decay_schedule(rate, steps)))


def prior_paths(model: LatentSDE, ts: Float[Array, " times"], n: int, seed: int) -> Float[np.ndarray, "n times 3"]:
    """Draws from the learned prior."""
    return np.asarray(_prior_paths(model, ts, jax.random.split(jax.random.key(seed), n)))


@eqx.filter_jit
def _prior_paths(model: LatentSDE, ts: Array, keys: Array) -> Array:
    return jax.lax.map(lambda key: model.sample(key, ts), keys, batch_size=128)


def smoothed(model: LatentSDE, known: Paths, n: int) -> Forecast:
    """The posterior of the first n test paths."""
    seen = observed(known.ts, known.test[:n])
    return jax.tree.map(np.asarray, _smoothed(model, seen, jax.random.split(jax.random.key(0), n)))


@eqx.filter_jit
def _smoothed(model: LatentSDE, seen: Observations, keys: Array) -> Forecast:
    return jax.lax.map(lambda one: model.forecast(one[0], one[0].ts, one[1], DRAWS), (seen, keys), batch_size=8)
