"""The data of each split."""

import numpy as np

from wellposed.simulate import HiddenLorenz, hidden_lorenz

from .settings import Settings

LONG = np.arange(501) * 0.02  # for the pictures of an attractor: 10 units of time, 9 Lyapunov times
SPLITS = {"train": 0, "validation": 1, "test": 2, "outside": 3, "long": 4}


def data(settings: Settings, split: str) -> HiddenLorenz:
    """Trajectories of a split; `outside` starts beyond the box of the others, `long` has a few of 10 units of time."""
    count = settings.trajectories if split == "train" else settings.test_trajectories
    return hidden_lorenz(
        min(count, 20) if split == "long" else count,
        settings.seed * len(SPLITS) + SPLITS[split],
        settings.size,
        settings.noise,
        inside=split != "outside",
        ts=LONG if split == "long" else None,
    )
