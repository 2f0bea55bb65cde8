"""Closed surfaces with uneven triangles and any number of vertices, for tests of what holds on other meshes."""

from typing import Literal, get_args

import numpy as np

from wellposed.io.surface import SurfaceRecord

from .solids import hull

Shape = Literal["sphere", "ellipsoid", "bumps", "torus"]


def uneven_surface(shape: Shape, vertices: int, seed: int = 0, jitter: float = 0.25) -> SurfaceRecord:
    """A surface whose vertices are displaced at random along it, scaled to the area of the unit sphere, 4 pi.

    Args:
        shape: a sphere; an ellipsoid with half-axes as 1.4 : 1 : 0.8; a ball with bumps; a torus with radii as 1 : 0.4.
        vertices: about how many; a torus has the next number that its grid allows.
        seed: of the displacements.
        jitter: their standard deviation, in distances between neighbours.

    Raises:
        ValueError: another shape, or fewer than 12 vertices.

    Example:
        >>> uneven_surface("sphere", 50).points.shape
        (50, 3)
    """
    if shape not in get_args(Shape):
        raise ValueError(f"uneven_surface expects a shape of {list(get_args(Shape))}, got {shape!r}.")
    if vertices < 12:
        raise ValueError(f"uneven_surface expects at least 12 vertices, got {vertices}.")
    rng = np.random.default_rng((get_args(Shape).index(shape), vertices, seed))
    points, triangles = _torus(vertices, jitter, rng) if shape == "torus" else _ball(shape, vertices, jitter, rng)
    a, b, c = points[triangles].swapaxes(0, 1)
    area = np.linalg.norm(np.cross(b - a, c - a), axis=1).sum() / 2
    return SurfaceRecord(points * (4 * np.pi / area) ** 0.5, triangles)


def _ball(shape: Shape, vertices: int, jitter: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Points of a spiral from pole to pole, displaced; their convex hull on the sphere is Delaunay's triangulation."""
    k = np.arange(vertices) + 0.5
    z, turn = 1 - 2 * k / vertices, np.pi * (1 + 5**0.5) * k
    across = np.sqrt(1 - z**2)
    points = np.stack([across * np.cos(turn), across * np.sin(turn), z], axis=1)
    points += jitter * (4 * np.pi / vertices) ** 0.5 * rng.normal(size=points.shape)
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    triangles = hull(points)
    if shape == "ellipsoid":
        points = points * np.array([[1.4, 1.0, 0.8]])
    if shape == "bumps":
        x, y, z = points.T
        points = points * (1 + 0.25 * (x**3 - 3 * x * y**2) + 0.15 * np.sin(3 * z))[:, None]
    return points, triangles


def _torus(vertices: int, jitter: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    around = max(5, round((0.4 * vertices) ** 0.5))
    along = max(8, -(-vertices // around))
    i, j = np.meshgrid(np.arange(along), np.arange(around), indexing="ij")
    grid = np.stack([i + 0.5 * (j % 2), j], -1) if around % 2 == 0 else np.stack([i, j], -1)
    moved = grid + 0.7 * jitter * rng.normal(size=grid.shape)
    u, v = 2 * np.pi * moved[..., 0] / along, 2 * np.pi * moved[..., 1] / around
    ring = 1 + 0.4 * np.cos(v)
    points = np.stack([ring * np.cos(u), ring * np.sin(u), 0.4 * np.sin(v)], axis=-1).reshape(-1, 3)
    return points, _torus_faces(i, j, along, around)


def _torus_faces(i: np.ndarray, j: np.ndarray, along: int, around: int) -> np.ndarray:
    """Two triangles a cell; where rows are shifted by half a cell, the diagonal leans with the row."""
    at = lambda i, j: (i % along * around + j % around).ravel()
    a, b, c, d = at(i, j), at(i + 1, j), at(i + 1, j + 1), at(i, j + 1)
    leans = ((j % 2 == 1) | (around % 2 == 1)).ravel()[:, None]
    first = np.where(leans, np.stack([a, b, c], 1), np.stack([a, b, d], 1))
    second = np.where(leans, np.stack([a, c, d], 1), np.stack([b, c, d], 1))
    return np.concatenate([first, second])
