"""The trainings, one from each seed."""

from pathlib import Path

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
from jaxtyping import Array, Float, Key

from wellposed.dynamics import Library, SINDyAutoencoder, SINDyAutoencoderLoss, thresholding
from wellposed.simulate import Trajectories
from wellposed.train import FitResult, Minibatches, Progress, fit, soap

from .settings import Settings


class Batches(eqx.Module):
    """States and slopes, and whether sparsity still counts."""

    samples: Minibatches
    refine_from: int

    def __call__(self, key: Key[Array, ""], step: Array) -> tuple[Array, Array, Float[Array, ""]]:
        """Batch number `step`."""
        x, dx = self.samples(key, step)
        return x, dx, jnp.where(step < self.refine_from, 1.0, 0.0)


def build(settings: Settings, key: Key[Array, ""]) -> SINDyAutoencoder:
    """The autoencoder before training."""
    library = Library(settings.latent, settings.degree)
    return SINDyAutoencoder.random(settings.size, settings.latent, settings.widths, library, key)


def learn(
    settings: Settings, observed: Trajectories, folder: Path, progress: Progress
) -> list[FitResult[SINDyAutoencoder]]:
    """One training after the other; a finished one is read from its checkpoint."""
    flat = lambda a: jnp.asarray(np.asarray(a, np.float32).reshape(-1, settings.size))
    samples = flat(observed.states), flat(observed.slopes)
    loss = SINDyAutoencoderLoss(settings.state_slopes, settings.latent_slopes, settings.sparsity)
    optimiser = _optimiser(settings)
    trainings = []
    for seed in range(settings.seeds):
        weights, order, steps = jax.random.split(jax.random.fold_in(jax.random.key(settings.seed), seed), 3)
        training = fit(
            build(settings, weights),
            loss,
            Batches(Minibatches(samples, settings.batch, key=order), settings.refine_from),
            optimiser,
            steps=settings.steps,
            key=steps,
            folder=folder,
            name=f"seed {seed}",
            settings={"steps": settings.steps, "optimiser": settings.optimiser, "rate": settings.rate},
            resume=True,
            progress=progress,
            throw=False,
        )
        trainings.append(training)
    return trainings


def _optimiser(settings: Settings) -> optax.GradientTransformation:
    rise = max(1, min(1000, settings.steps // 50))
    rate = optax.warmup_cosine_decay_schedule(0.0, settings.rate, rise, settings.steps)
    inner = soap(rate) if settings.optimiser == "soap" else optax.adam(rate)
    coefficients = lambda model: model.coefficients
    return thresholding(inner, coefficients, settings.threshold, settings.threshold_every, settings.refine_from)
