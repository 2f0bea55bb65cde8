"""The pictures of the recipe: training, validation and test sets that do not touch."""

from typing import Literal, NamedTuple, cast

import jax
import numpy as np
from jaxtyping import Float

from wellposed.errors import InputError
from wellposed.io import read_images
from wellposed.simulate import anatomy, deform, ellipses

from .settings import Settings

Split = Literal["train", "validation", "test"]
SPLITS: tuple[Split, ...] = ("train", "validation", "test")
SHARES = {"train": (0.0, 0.8), "validation": (0.82, 0.9), "test": (0.92, 1.0)}  # gaps: neighbouring slices are alike
FEWEST = 20


class Source(NamedTuple):
    """Where pictures come from, in words for the report."""

    name: str
    caption: str


def data(settings: Settings, split: str) -> Float[np.ndarray, "n size size"]:
    """The pictures of one split, float32 in [0, 1].

    Slices of MNI152 come from slabs that do not touch (`wellposed.simulate.SLABS`), with small random affine and
    elastic deformations. Files are split in their order, 80 : 8 : 8 with gaps of 2 % between, since neighbouring slices
    of a volume are alike; the training pictures alone are deformed, if there are fewer of them than asked for.

    Raises:
        InputError: for files that cannot be read, or fewer than twenty pictures.
    """
    if split not in SPLITS:
        raise ValueError(f"data expects a split of {', '.join(SPLITS)}, got {split!r}.")
    n = {
        "train": settings.train_images,
        "validation": settings.validation_images,
        "test": settings.test_images,
    }[split]
    key = jax.random.fold_in(jax.random.key(settings.seed), SPLITS.index(split))
    if settings.images == "anatomy":
        return np.asarray(anatomy(cast(Split, split), n, settings.size, key))
    if settings.images == "ellipses":
        return np.asarray(ellipses(key, n, settings.size))
    return _from_files(settings, split, n, key)


def source(settings: Settings) -> Source:
    """What the pictures are."""
    if settings.images == "anatomy":
        return Source(
            "MNI152 head",
            "axial slices of the MNI152 T1 template, the average of 152 heads, with small random deformations; "
            "the training, validation and test slices come from slabs of the head that do not touch",
        )
    if settings.images == "ellipses":
        return Source("ellipses", "random ellipse phantoms")
    return Source(settings.images, f"pictures of {settings.images}, split in their order 80 : 8 : 8, with gaps")


def _from_files(settings: Settings, split: str, n: int, key: jax.Array) -> np.ndarray:
    images = read_images(settings.images, settings.size).images
    if len(images) < FEWEST:
        raise InputError(
            f"{settings.images}: expected at least {FEWEST} pictures, to train, to validate and to test on, "
            f"found {len(images)}: give more pictures"
        )
    low, high = SHARES[split]
    part = images[round(low * len(images)) : round(high * len(images))]
    if split != "train" or len(part) >= n:
        return (
            part[:n]
            if split == "train"
            else part[np.unique(np.linspace(0, len(part) - 1, min(n, len(part))).astype(int))]
        )
    repeated = part[np.arange(n) % len(part)]
    return np.asarray(deform(key, repeated))
