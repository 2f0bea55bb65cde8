"""Forty kinds of small solids as surfaces: a test of networks on meshes that takes seconds."""

import itertools
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

KINDS = 40
EXPONENTS = (0.4, 1.0, 1.8)  # boxes, ellipsoids, octahedra
AXES = ((1.0, 1.0, 1.0), (1.0, 1.0, 2.0), (1.0, 0.5, 1.6))


@dataclass(frozen=True)
class Solid:
    """A closed surface and the number of its kind."""

    points: Float[np.ndarray, "vertices 3"]
    triangles: Int[np.ndarray, "faces 3"]
    kind: int


def solid(kind: int, seed: int = 0, refinements: int = 1, deform: float = 0.0) -> Solid:
    """One solid, turned at random.

    The kinds 0 to 26 are superellipsoids, |x/a|^(2/e) + |y/b|^(2/e) to the power e/f, + |z/c|^(2/f) = 1, for three
    values of e, of f and of (a, b, c); 27 to 33 are balls with waves around and along their axis; 34 to 39 are tori.

    Args:
        kind: 0 to 39.
        seed: of its rotation and its deformation.
        refinements: of the sphere that it is made of, whose vertices are 12, 42, 162, ...; a torus has about as many.
        deform: standard deviation of the factors by which its axes are stretched.

    Raises:
        ValueError: a kind outside 0 to 39.

    Example:
        >>> solid(0).points.shape, solid(39).kind
        ((42, 3), 39)
    """
    if not 0 <= kind < KINDS:
        raise ValueError(f"solid expects a kind from 0 to {KINDS - 1}, got {kind}.")
    rng = np.random.default_rng((kind, seed))
    points, triangles = _torus(kind - 34, refinements) if kind >= 34 else _star(kind, refinements)
    points = points * rng.normal(1, deform, (1, 3))
    return Solid(points @ _rotation(rng).T, triangles, kind)


def sphere(refinements: int) -> tuple[Float[np.ndarray, "vertices 3"], Int[np.ndarray, "faces 3"]]:
    """An icosahedron whose faces are divided into four again and again, on the unit sphere, normals outwards."""
    g = (1 + 5**0.5) / 2
    base = np.array([[0, a, b * g] for a in (-1, 1) for b in (-1, 1)])
    points = np.concatenate([base, base[:, [2, 0, 1]], base[:, [1, 2, 0]]])
    triangles = hull(points)
    for _ in range(refinements):
        edges = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
        edges = np.unique(np.sort(edges, axis=1), axis=0)
        points = np.concatenate([points, points[edges].mean(1)])
        points /= np.linalg.norm(points, axis=1, keepdims=True)
        triangles = hull(points)
    return points / np.linalg.norm(points, axis=1, keepdims=True), triangles


def hull(points: Float[np.ndarray, "vertices 3"]) -> Int[np.ndarray, "faces 3"]:
    """The faces of the convex hull of points around the origin, counterclockwise seen from outside."""
    from scipy.spatial import ConvexHull

    triangles = ConvexHull(points).simplices.astype(int)
    a, b, c = points[triangles].swapaxes(0, 1)
    inside = np.sum(np.cross(b - a, c - a) * a, axis=1) < 0
    triangles[inside] = triangles[inside][:, ::-1]
    return triangles


def _star(kind: int, refinements: int) -> tuple[np.ndarray, np.ndarray]:
    d, triangles = sphere(refinements)
    if kind < 27:
        e, f, axes = list(itertools.product(EXPONENTS, EXPONENTS, AXES))[kind]
        x, y, z = np.abs(d / np.array(axes)).T
        radius = ((x ** (2 / e) + y ** (2 / e)) ** (e / f) + z ** (2 / f)) ** (-f / 2)
    elif kind < 31:
        waves = kind - 25  # 2 to 5 of them around the axis
        radius = 1 + 0.4 * np.hypot(d[:, 0], d[:, 1]) ** waves * np.cos(waves * np.arctan2(d[:, 1], d[:, 0]))
    else:
        radius = 1 + 0.4 * np.cos((kind - 29) * np.arccos(np.clip(d[:, 2], -1, 1)))  # 2 to 4 along it
    return d * radius[:, None], triangles


def _torus(number: int, refinements: int) -> tuple[np.ndarray, np.ndarray]:
    around, along = 5 * 2 ** max(refinements - 1, 0), 8 * 2 ** max(refinements - 1, 0)
    thin, flat = ((0.2, 0.35, 0.5)[number % 3], (1.0, 2.0)[number // 3])
    u, v = np.meshgrid(2 * np.pi * np.arange(along) / along, 2 * np.pi * np.arange(around) / around, indexing="ij")
    ring = 1 + thin * np.cos(v)
    points = np.stack([ring * np.cos(u), ring * np.sin(u), flat * thin * np.sin(v)], axis=-1).reshape(-1, 3)
    i, j = np.meshgrid(np.arange(along), np.arange(around), indexing="ij")
    at = lambda i, j: (i % along * around + j % around).ravel()
    a, b, c, d = at(i, j), at(i + 1, j), at(i + 1, j + 1), at(i, j + 1)
    return points, np.concatenate([np.stack([a, b, c], 1), np.stack([a, c, d], 1)])


def _rotation(rng: np.random.Generator) -> np.ndarray:
    q, r = np.linalg.qr(rng.normal(size=(3, 3)))
    q = q * np.sign(np.diag(r))[None]
    return q * np.sign(np.linalg.det(q))
