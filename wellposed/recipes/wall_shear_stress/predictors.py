"""Two plain predictors that any network should beat: the mean, and Poiseuille's flow in a pipe of the local radius."""

from collections.abc import Callable, Sequence

import numpy as np
from jaxtyping import Float

from .arteries import Artery
from .inputs import directions

Predictor = Callable[[Artery], Float[np.ndarray, "vertices 3"]]
_SLICE = 0.5  # of the mean radius: half the thickness of a slice, whose middle is a point of the centreline


def training_mean(train: Sequence[Artery]) -> Predictor:
    """The mean stress of the walls learned from, in the directions along the wall and across."""
    local = [np.einsum("vij,vj->vi", _frames(a), a.stress)[a.mask] for a in train]
    mean = np.concatenate(local).mean(axis=0)
    return lambda artery: np.einsum("i,vij->vj", mean, _frames(artery))


def poiseuille(train: Sequence[Artery]) -> Predictor:
    """c / R^3 along the wall, R being the local radius; c = 4 mu Q / pi is the one that fits the walls learned from."""
    powers, along = [], []
    for artery in train:
        powers.append(local_radius(artery)[artery.mask] ** -3.0)
        along.append(np.sum(_frames(artery)[:, 0] * artery.stress, axis=1)[artery.mask])
    p, s = np.concatenate(powers), np.concatenate(along)
    c = float(p @ s / (p @ p))
    return lambda artery: c * local_radius(artery)[:, None] ** -3.0 * _frames(artery)[:, 0]


def local_radius(artery: Artery) -> Float[np.ndarray, " vertices"]:
    """The distance of each vertex from the middle of the wall's vertices that are as far from the inlet, in cm."""
    x, s = artery.mesh.positions, artery.distance
    order = np.argsort(s)
    half = _SLICE * artery.mesh.area / (2 * np.pi * max(float(np.ptp(s)), 1e-9))  # a tube's area is 2 pi R times length
    low, high = np.searchsorted(s[order], s - half, "left"), np.searchsorted(s[order], s + half, "right")
    total = np.concatenate([np.zeros((1, 3)), np.cumsum(x[order], axis=0)])
    middle = (total[high] - total[low]) / (high - low)[:, None]
    tangent = _frames(artery)[:, 0]
    away = x - middle
    away = away - np.sum(away * tangent, axis=1, keepdims=True) * tangent
    return np.maximum(np.linalg.norm(away, axis=1), 1e-3)


def _frames(artery: Artery) -> Float[np.ndarray, "vertices 3 3"]:
    return directions(artery.mesh, artery.distance)
