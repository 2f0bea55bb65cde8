"""Rows whose domain is a grid: strokes to be told apart, wherever they are and however they lie."""

import functools
import math
from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Key

from wellposed.errors import InputError
from wellposed.geometry import GroupCNN, PDEGroupConvolution, acted, lifted
from wellposed.nn import Perceptron

from .room import Labelled, Room

SIDE, CLASSES = 20, 6
CHANNELS, DEPTH = 16, 2
ORIENTATIONS, REACH = 4, 1
_STROKE, _NOISE, _SLANT = 0.9, 0.1, 0.12


def strokes(seed: int, n: int) -> tuple[Float[np.ndarray, "n side side"], np.ndarray]:
    """Curved strokes in the middle of a picture, each class with its own curve; samples slant and carry noise."""
    classes, rng = np.random.default_rng(0), np.random.default_rng((1, seed))
    t = np.linspace(-1, 1, 24)
    curves = classes.normal(size=(CLASSES, 2, 4))
    points = np.einsum("cdk,kt->cdt", curves, np.stack([t, t**2 - 1 / 3, t**3 - 0.6 * t, np.sin(3 * t)]))
    points *= 0.28 * SIDE / np.abs(points).max(axis=(1, 2), keepdims=True)
    labels = rng.integers(CLASSES, size=n)
    slants = np.eye(2) + _SLANT * rng.normal(size=(n, 2, 2))
    placed = np.einsum("nij,njt->nit", slants, points[labels])
    cells = np.arange(SIDE) - (SIDE - 1) / 2
    near = np.exp(-((placed[:, :, None] - cells[None, None, :, None]) ** 2) / (2 * _STROKE**2))  # (n, 2, side, t)
    pictures = np.max(near[:, 0, :, None] * near[:, 1, None], axis=-1)
    return pictures + _NOISE * rng.normal(size=pictures.shape), labels


def _drawn(move: Callable[[np.random.Generator, Array], Array]) -> Callable[[int, int, bool], Labelled]:
    def draw(seed: int, n: int, moved: bool) -> Labelled:
        pictures, labels = strokes(seed, n)
        rng = np.random.default_rng((2, seed))
        if moved:
            pictures = np.stack([np.asarray(move(rng, picture)) for picture in pictures])
        return Labelled(jnp.asarray(pictures[..., None], float), jnp.asarray(labels))

    return draw


def _shifted(rng: np.random.Generator, picture: Any) -> Any:
    return np.roll(picture, rng.integers(SIDE // 4, SIDE - SIDE // 4, size=2), (0, 1))


def _by(first: int, last: int) -> Callable[[np.random.Generator, Any], Array]:
    """Some element of a group of turns and mirrors, then any shift."""

    def move(rng: np.random.Generator, picture: Any) -> Array:
        turned = acted(int(rng.integers(first, last)), jnp.asarray(picture))
        return jnp.roll(turned, rng.integers(SIDE, size=2), (0, 1))

    return move


class Flat(eqx.Module):
    """A perceptron on all numbers of the input, each in its place."""

    net: Perceptron

    @classmethod
    def of(cls, size: int, hidden: int, classes: int, key: Key[Array, ""]) -> "Flat":
        """With one hidden layer."""
        return cls(Perceptron((size, hidden, classes), jax.nn.relu, key=key))

    def __call__(self, x: Any) -> Float[Array, " classes"]:
        """One input."""
        return self.net(jnp.concatenate([leaf.ravel() for leaf in jax.tree.leaves(x)]))


class Linear(eqx.Module):
    """A linear map of all pixels, which is what follows the scattering transform."""

    answer: eqx.nn.Linear

    @classmethod
    def random(cls, key: Key[Array, ""]) -> "Linear":
        """Before training."""
        return cls(eqx.nn.Linear(SIDE**2, CLASSES, key=key))

    def __call__(self, x: Float[Array, "height width 1"]) -> Float[Array, " classes"]:
        """One picture."""
        return self.answer(x.ravel())


class PDENetwork(eqx.Module):
    """Lift a picture to positions and orientations, two PDE layers, and the mean over everything."""

    layers: tuple[PDEGroupConvolution, ...]
    answer: eqx.nn.Linear

    @classmethod
    def random(cls, channels: int, key: Key[Array, ""]) -> "PDENetwork":
        """Before training."""
        first, second, last = jax.random.split(key, 3)
        layer = functools.partial(PDEGroupConvolution, orientations=ORIENTATIONS, reach=REACH)
        layers = (layer(1, channels, key=first), layer(channels, channels, key=second))
        return cls(layers, eqx.nn.Linear(2 * channels, CLASSES, key=last))

    def __call__(self, x: Float[Array, "height width 1"]) -> Float[Array, " classes"]:
        """One picture."""
        u = lifted(x[..., 0], ORIENTATIONS)[..., None]
        for layer in self.layers:
            u = layer(u)
        return self.answer(jnp.concatenate([u.mean((0, 1, 2)), u.max((0, 1, 2))]))


class Scattering(eqx.Module):
    """Moduli of wavelet coefficients, twice, averaged over the picture, and a linear map [@bruna2013]."""

    answer: eqx.nn.Linear
    scale: int = eqx.field(static=True, default=2)
    angles: int = eqx.field(static=True, default=8)

    @classmethod
    def random(cls, key: Key[Array, ""]) -> "Scattering":
        """Before training; only the linear map learns."""
        count = 1 + 2 * 8 + 8 * 8  # orders 0, 1 and 2
        return cls(eqx.nn.Linear(count, CLASSES, key=key))

    def __call__(self, x: Float[Array, "height width 1"]) -> Float[Array, " classes"]:
        """One picture."""
        averages = _scattering(self.scale, self.angles).scattering(x[..., 0]).mean((-2, -1))
        return self.answer(jnp.log(jnp.abs(averages) + 1e-3))


@functools.cache
def _scattering(scale: int, angles: int) -> Any:
    try:
        from kymatio.scattering2d.frontend.jax_frontend import ScatteringJax2D
    except ModuleNotFoundError:
        raise InputError("scattering needs kymatio, which is not installed: pip install 'wellposed[groups]'") from None
    return ScatteringJax2D(J=scale, shape=(SIDE, SIDE), L=angles)


def _cnn(order: int, channels: int = CHANNELS) -> Callable[[Any], GroupCNN]:
    channels = round(channels / math.sqrt(order))  # as many parameters, or nearly
    return lambda key: GroupCNN(1, channels, CLASSES, order=order, depth=DEPTH, key=key)


PERCEPTRON = "perceptron on pixels"
ROOMS = (
    Room(
        "CNN",
        "grid",
        "translation",
        True,
        "shifted",
        _drawn(_shifted),
        _cnn(1),
        lambda key: Flat.of(SIDE**2, 12, CLASSES, key),
        PERCEPTRON,
    ),
    Room(
        "group CNN p4",
        "grid",
        "p4: turns, shifts",
        False,
        "turned and shifted",
        _drawn(_by(1, 4)),
        _cnn(4),
        _cnn(1),
        "CNN",
    ),
    Room(
        "group CNN p4m",
        "grid",
        "p4m: turns, mirrors",
        False,
        "turned or mirrored, and shifted",
        _drawn(_by(1, 8)),
        _cnn(8),
        _cnn(1),
        "CNN",
    ),
    Room(
        "PDE-based group CNN",
        "places, orientations",
        "SE(2), quarter turns",
        False,
        "turned and shifted",
        _drawn(_by(1, 4)),
        lambda key: PDENetwork.random(6, key),
        _cnn(1, 3),
        "CNN of as few parameters",
    ),
    Room(
        "scattering network",
        "grid",
        "translation, nearly",
        False,
        "shifted",
        _drawn(_shifted),
        Scattering.random,
        Linear.random,
        "linear map of pixels",
    ),
)
