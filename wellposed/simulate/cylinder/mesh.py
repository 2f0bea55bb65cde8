"""Meshes of curved quadrilaterals: a rectangle of lines, with a cylinder fitted into it or without one."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, TypeAlias

import numpy as np
from jaxtyping import Bool, Float, Int
from scipy.spatial import KDTree

from .element import Element, reference

Points: TypeAlias = Float[np.ndarray, "*batch 2"]
Lines: TypeAlias = Sequence[float | int]
Where: TypeAlias = Callable[[Points], Bool[np.ndarray, "*batch"]]
"""Which points belong to a part of the boundary."""


class Mesh(NamedTuple):
    """Elements and how they hang together.

    Attributes:
        element: the reference square.
        points: (x, y) of each point of each element.
        numbers: of the points on the boundaries of elements; what elements share has one number.
        parts: name -> the sides (element, side) that lie on this part of the boundary of the domain.
    """

    element: Element
    points: Float[np.ndarray, "elements q 2"]
    numbers: Int[np.ndarray, "elements b"]
    parts: Mapping[str, Int[np.ndarray, "sides 2"]]


class Cylinder(NamedTuple):
    """A circle in a square of side `2 * half`, between which lie rings of elements.

    Attributes:
        center: of circle and square.
        radius: of the circle.
        half: half a side of the square.
        rings: where the rings end, from 0 at the circle to 1 at the square, increasing; the last is 1.
        sectors: elements along each side of the square; an even number puts points onto the axes.
    """

    center: tuple[float, float]
    radius: float
    half: float
    rings: tuple[float, ...] = (0.3, 1.0)
    sectors: int = 2


def rectangle_mesh(x: Lines, y: Lines, order: int, parts: Mapping[str, Where]) -> Mesh:
    """The rectangles between lines.

    Args:
        x: where the vertical lines are, increasing.
        y: where the horizontal lines are, increasing.
        order: degree of the polynomials.
        parts: name -> which points of the boundary belong to this part; the first that fits a whole side has it.

    Raises:
        ValueError: a side of the boundary fits no part.

    Example:
        >>> mesh = rectangle_mesh([0, 1, 2], [0, 1], 4, {"wall": lambda p: p[..., 0] > -1})
        >>> mesh.points.shape, int(mesh.numbers.max()) + 1, len(mesh.parts["wall"])
        ((2, 25, 2), 27, 6)
    """
    element = reference(order)
    return _joined(element, _rectangles(element, np.asarray(x, float), np.asarray(y, float)), parts)


def cylinder_mesh(x: Lines, y: Lines, cylinder: Cylinder, order: int, parts: Mapping[str, Where]) -> Mesh:
    """The rectangles between lines, but around a cylinder rings of curved quadrilaterals.

    Args:
        x: where the vertical lines are outside of the cylinder's square, increasing; two bound the square.
        y: likewise for the horizontal lines.
        cylinder: the cylinder and its square.
        order: degree of the polynomials.
        parts: as for `rectangle_mesh`; the sides on the circle are the part "cylinder".

    Raises:
        ValueError: the lines do not bound the square, or a side of the boundary fits no part.
    """
    element = reference(order)
    center, angles = cylinder.center, np.linspace(-np.pi / 4, np.pi / 4, cylinder.sectors + 1)
    lines = [_with_square(np.asarray(a, float), c, cylinder.half, angles) for a, c in zip((x, y), center, strict=True)]
    outside = _rectangles(element, *lines)
    middle = outside.mean(axis=1) - np.asarray(cylinder.center)
    outside = outside[np.abs(middle).max(axis=1) > cylinder.half]
    points = np.concatenate([_rings(element, cylinder, angles), outside])
    on_circle = lambda p: np.isclose(np.linalg.norm(p - np.asarray(cylinder.center), axis=-1), cylinder.radius)
    return _joined(element, points, {"cylinder": on_circle, **parts})


def bisected(lines: Lines) -> tuple[float, ...]:
    """The lines with another in the middle of each interval.

    Example:
        >>> bisected((0.0, 1.0, 3.0))
        (0.0, 0.5, 1.0, 2.0, 3.0)
    """
    ends = np.asarray(lines, float)
    return tuple(np.sort(np.concatenate([ends, (ends[1:] + ends[:-1]) / 2])).tolist())


def _with_square(lines: np.ndarray, center: float, half: float, angles: np.ndarray) -> np.ndarray:
    ends = center + half * np.asarray([-1.0, 1.0])
    found = [np.isclose(lines, end) for end in ends]
    between = (lines > ends[0]) & (lines < ends[1]) & ~found[0] & ~found[1]
    if between.any() or not all(f.any() for f in found):
        raise ValueError(
            f"cylinder_mesh expects lines at {ends[0]:g} and {ends[1]:g}, the sides of the cylinder's square, and none "
            f"between them, got {lines.tolist()}: move the lines or change `half`."
        )
    return np.concatenate([lines[lines < center], center + half * np.tan(angles[1:-1]), lines[lines > center]])


def _rectangles(element: Element, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    r, s = ((1.0 + element.places.T) / 2.0)[:, None, None, :]
    across = x[:-1, None, None] + (x[1:] - x[:-1])[:, None, None] * r + 0.0 * y[None, 1:, None]
    up = y[None, :-1, None] + (y[1:] - y[:-1])[None, :, None] * s + 0.0 * x[1:, None, None]
    return np.stack([across, up], axis=-1).reshape(-1, r.size, 2)


def _rings(element: Element, cylinder: Cylinder, angles: np.ndarray) -> np.ndarray:
    r, s = ((1.0 + element.places.T) / 2.0)[:, None, None, :]
    begin = np.asarray([0.0, *cylinder.rings[:-1]])[:, None, None]
    out = begin + (np.asarray(cylinder.rings)[:, None, None] - begin) * r
    turn = angles[None, :-1, None] + (angles[1:] - angles[:-1])[None, :, None] * s
    along = (1.0 - out) * cylinder.radius * np.cos(turn) + out * cylinder.half
    tangents = np.tan(angles)[:, None]
    side = tangents[None, :-1] + (tangents[1:] - tangents[:-1])[None] * s  # straight, as in the rectangle beside it
    aside = (1.0 - out) * cylinder.radius * np.sin(turn) + out * cylinder.half * side
    east = np.stack([along, aside], axis=-1).reshape(-1, r.size, 2)
    turns = [np.asarray([[c, s], [-s, c]]) for c, s in ((1, 0), (0, 1), (-1, 0), (0, -1))]
    return np.concatenate([east @ turn for turn in turns]) + np.asarray(cylinder.center)


def _joined(element: Element, points: np.ndarray, parts: Mapping[str, Where]) -> Mesh:
    edge = points[:, : element.boundary].reshape(-1, 2)
    tolerance = 1e-6 * np.linalg.norm(points[:, 0] - points[:, 1], axis=-1).min()
    near = KDTree(edge).query_ball_point(edge, tolerance)
    first = np.asarray([min(group) for group in near])
    numbers = np.unique(first, return_inverse=True)[1].reshape(points.shape[0], element.boundary)
    within = numbers[:, element.sides[:, 1]]  # (elements, 4): a point of each side that is no corner
    alone = np.bincount(numbers.ravel())[within] == 1
    return Mesh(element, points, numbers, _sorted(points, element, np.argwhere(alone), parts))


def _sorted(points: np.ndarray, element: Element, sides: np.ndarray, parts: Mapping[str, Where]) -> dict:
    places = points[sides[:, :1], element.sides[sides[:, 1]]]  # (sides, n, 2)
    fits = np.stack([where(places).all(axis=1) for where in parts.values()])
    if not fits.any(axis=0).all():
        lost = places[~fits.any(axis=0)][0].mean(axis=0)
        raise ValueError(
            f"A mesh expects each side of its boundary in one of the parts {list(parts)}, got one in none of them at "
            f"({lost[0]:g}, {lost[1]:g}): add a part."
        )
    part = fits.argmax(axis=0)
    return {name: sides[part == k] for k, name in enumerate(parts)}
