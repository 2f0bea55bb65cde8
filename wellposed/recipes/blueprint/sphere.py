"""The row of the sphere: patterns to be told apart, however the sphere is turned."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from scipy.stats import special_ortho_group, uniform_direction

from wellposed.geometry import GroupCNN, SphericalCNN, beyond, from_sphere, sphere_points
from wellposed.recipes.precision import at_present_precision

from .room import Labelled, Room

BAND, CLASSES = 8, 6
_BUMPS, _SHARPNESS, _NOISE, _CHANNELS = 5, 4.0, 0.15, 12


def patterns(seed: int, n: int, moved: bool, band: int = BAND) -> Labelled:
    """Bumps around a few points, others for each class; samples differ by where exactly and how high they are."""
    classes, rng = np.random.default_rng(0), np.random.default_rng((1, seed))
    turns = special_ortho_group(3, seed=np.random.default_rng((2, seed))).rvs(n).reshape(n, 3, 3)
    middles = uniform_direction(3, seed=classes).rvs(CLASSES * _BUMPS).reshape(CLASSES, _BUMPS, 3)
    heights = classes.choice([-1.0, 1.0], size=(CLASSES, _BUMPS))
    labels = rng.integers(CLASSES, size=n)
    places = middles[labels] + _NOISE * rng.normal(size=(n, _BUMPS, 3))
    places /= np.linalg.norm(places, axis=-1, keepdims=True)
    places = np.einsum("nij,nbj->nbi", turns, places) if moved else places
    heights = heights[labels] * (1 + _NOISE * rng.normal(size=(n, _BUMPS)))
    closeness = np.einsum("rpi,nbi->nrpb", sphere_points(band), places)
    samples = np.einsum("nrpb,nb->nrp", np.exp(_SHARPNESS * (closeness - 1)), heights)
    return Labelled(jnp.asarray(samples[..., None], float), jnp.asarray(labels))


def band_error(network: SphericalCNN, seed: int, n: int = 4) -> float:
    """What the grids miss, the largest of some samples: of the samples themselves, and of the ReLUs, in float64."""
    with jax.enable_x64(True):
        exact = at_present_precision(network)
        fine, coarse = (patterns(seed, n, False, band).inputs for band in (4 * BAND, BAND))
        missed = [float(beyond(from_sphere(f, 4 * BAND), BAND)) for f in fine]
        return max(*missed, *(float(exact.folded(f)) for f in coarse))


def _plane(key: Any) -> GroupCNN:
    return GroupCNN(1, 6, CLASSES, order=1, key=key)


ROOMS = (
    Room(
        "spherical CNN",
        "sphere",
        "SO(3)",
        True,
        "turned by any rotation",
        patterns,
        lambda key: SphericalCNN(1, _CHANNELS, CLASSES, band=BAND, key=key),
        _plane,
        "CNN on longitude and latitude",
    ),
)
