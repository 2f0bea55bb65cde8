"""The data and the trainings, one from each seed."""

from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jaxtyping import Array, Key

from wellposed.dynamics import KoopmanAutoencoder, KoopmanLoss
from wellposed.simulate import Trajectories, pendulum_trajectories
from wellposed.train import FitResult, Progress, soap

from .settings import Settings

STEP = 0.02
LONG = np.arange(1501) * STEP  # 1500 steps, as published for one swing
ACTIVATIONS = {"tanh": jnp.tanh, "relu": jax.nn.relu}
SPLITS = {"train": 0, "validation": 1, "test": 2, "long": 3}


def data(settings: Settings, split: str) -> Trajectories:
    """Swings of a split; `long` holds a few of 1500 steps."""
    count = settings.trajectories if split == "train" else settings.test_trajectories
    seed = settings.seed * len(SPLITS) + SPLITS[split]
    return pendulum_trajectories(min(count, 100), seed, LONG) if split == "long" else pendulum_trajectories(count, seed)


def build(settings: Settings, key: Key[Array, ""]) -> KoopmanAutoencoder:
    """The autoencoder before training."""
    activation = ACTIVATIONS[settings.activation]
    return KoopmanAutoencoder.random(2, 1, settings.widths, settings.auxiliary, STEP, key, activation)


def loss_of(settings: Settings) -> KoopmanLoss:
    """The published loss."""
    return KoopmanLoss(settings.state, settings.largest, settings.weights, settings.predicted)


def learn(
    settings: Settings, swings: Trajectories, folder: Path, progress: Progress
) -> list[FitResult[KoopmanAutoencoder]]:
    """One training after the other; a finished one is read from its checkpoint."""
    rise = max(1, min(1000, settings.steps // 50))
    rate = optax.warmup_cosine_decay_schedule(0.0, settings.rate, rise, settings.steps)
    optimiser = soap(rate) if settings.optimiser == "soap" else optax.adam(rate)
    loss = loss_of(settings)
    return [
        KoopmanAutoencoder.fit(
            swings,
            1,
            settings.widths,
            settings.auxiliary,
            optimiser,
            loss,
            activation=ACTIVATIONS[settings.activation],
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
