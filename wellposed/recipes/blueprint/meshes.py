"""The row of manifolds: solids to be named, however they are turned and whatever frames their tangent planes have."""

import functools
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float
from scipy.stats import special_ortho_group

from wellposed.geometry import (
    MATRIX_FIELD,
    GemBlock,
    Hierarchy,
    Mesh,
    ResidualUNet,
    SurfaceClassifier,
    batch,
    common_sizes,
    matrix_features,
    sage_cnn,
    scales,
)
from wellposed.simulate import solid

from .room import Labelled, Room

KINDS = (0, 4, 9, 13, 18, 26, 28, 31)
CHANNELS, _STRETCH, _ROUGH, _WIDTH = 16, 0.1, 0.02, 6


def solids(seed: int, n: int, moved: bool) -> Labelled:
    """Small solids, stretched and roughened; moved: turned by any rotation, with other frames at the vertices."""
    rng = np.random.default_rng((1, seed))
    turns = special_ortho_group(3, seed=np.random.default_rng((2, seed))).rvs(n).reshape(n, 3, 3)
    labels = rng.integers(len(KINDS), size=n)
    made = []
    for i, label in enumerate(labels):
        one = solid(KINDS[label])
        points = one.points * rng.normal(1, _STRETCH, (1, 3)) + _ROUGH * rng.normal(size=one.points.shape)
        mesh = Mesh(points, one.triangles)
        mesh = mesh.moved(turns[i], np.zeros(3)) if moved else mesh
        made.append(scales(mesh, (1.0,), most=_WIDTH, key=2 * i + moved))
    sizes = common_sizes(made)
    return Labelled(batch([one.arrays(sizes) for one in made]), jnp.asarray(labels))


class OfMesh(eqx.Module):
    """A network on surfaces with what it sees of one: a gauge field, or where its vertices are in space."""

    net: SurfaceClassifier
    gauge: bool = eqx.field(static=True)

    def __call__(self, surface: Hierarchy) -> Float[Array, " classes"]:
        """One surface."""
        x = _scaled(matrix_features(surface.finest)) if self.gauge else surface.finest.positions
        return self.net(x, surface)


def _scaled(x: Float[Array, "vertices features"]) -> Float[Array, "vertices features"]:
    """Of size 1 over the surface, both numbers of a pair by one factor: a rotation would be seen otherwise."""
    parts = MATRIX_FIELD.parts(jnp.mean(x**2, axis=0))
    sizes = [parts[0], *(jnp.broadcast_to(pair.mean(-2, keepdims=True), pair.shape) for pair in parts[1:])]
    return x / jnp.sqrt(MATRIX_FIELD.join(sizes) + 1e-12)[None]


def _gem(key: Any) -> OfMesh:
    first, last = jax.random.split(key)
    block = functools.partial(GemBlock, samples=7)
    body = ResidualUNet(block, MATRIX_FIELD, "4x0 + 4x1 + 4x2", f"{CHANNELS}x0", blocks=(1,), key=first)
    return OfMesh(SurfaceClassifier(body, CHANNELS, len(KINDS), last), True)


def _sage(key: Any) -> OfMesh:
    first, last = jax.random.split(key)
    body = sage_cnn(3, CHANNELS, CHANNELS, blocks=(2,), key=first)
    return OfMesh(SurfaceClassifier(body, CHANNELS, len(KINDS), last), False)


ROOMS = (
    Room(
        "intrinsic / mesh CNN (GEM)",
        "manifold",
        "isometry, gauge",
        True,
        "turned by any rotation, other frames",
        solids,
        _gem,
        _sage,
        "SAGE on coordinates",
    ),
)
