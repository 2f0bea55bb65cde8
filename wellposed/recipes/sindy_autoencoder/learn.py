"""The trainings, one from each seed."""

from pathlib import Path

import jax
import optax
from jaxtyping import Array, Key

from wellposed.dynamics import Library, SINDyAutoencoder, SINDyAutoencoderLoss
from wellposed.simulate import Trajectories
from wellposed.train import FitResult, Progress, soap

from .settings import Settings


def build(settings: Settings, key: Key[Array, ""]) -> SINDyAutoencoder:
    """The autoencoder before training."""
    library = Library(settings.latent, settings.degree)
    return SINDyAutoencoder.random(settings.size, settings.latent, settings.widths, library, key)


def learn(
    settings: Settings, observed: Trajectories, folder: Path, progress: Progress
) -> list[FitResult[SINDyAutoencoder]]:
    """One training after the other; a finished one is read from its checkpoint."""
    rise = max(1, min(1000, settings.steps // 50))
    rate = optax.warmup_cosine_decay_schedule(0.0, settings.rate, rise, settings.steps)
    optimiser = soap(rate) if settings.optimiser == "soap" else optax.adam(rate)
    loss = SINDyAutoencoderLoss(settings.state_slopes, settings.latent_slopes, settings.sparsity)
    return [
        SINDyAutoencoder.fit(
            observed,
            settings.latent,
            settings.widths,
            settings.degree,
            optimiser,
            loss,
            threshold=settings.threshold,
            threshold_every=settings.threshold_every,
            refinement=settings.refinement,
            batch=settings.batch,
            steps=settings.steps,
            key=jax.random.fold_in(jax.random.key(settings.seed), seed),
            folder=folder,
            name=f"seed {seed}",
            settings={"steps": settings.steps, "optimiser": settings.optimiser, "rate": settings.rate},
            resume=True,
            progress=progress,
            throw=False,
        )
        for seed in range(settings.seeds)
    ]
