"""The mesh of a disc in rings, finer towards its rim."""

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int

# of the rings, outermost first: distance from the centre, and points as a share of those at the rim
RINGS = ((1.0, 1.0), (0.94, 1.0), (0.865, 1.0), (0.77, 1.0), (0.62, 0.75), (0.42, 0.5), (0.21, 0.25))


class Disc(NamedTuple):
    """Triangles of the unit disc.

    Attributes:
        points: (x, y); the first `around` of them are the rim, anticlockwise from angle 0. They lie a little outside of
            the circle, so that the polygon has its area: the resistance of a tube is that of its area in first order.
        triangles: from outside inwards and anticlockwise within a ring, which is the order in which a sweep splits its
            prisms: the same all around, so that no line along a tube differs from another.
        odd: which triangles are clockwise in this order.
        around: points on the rim.
    """

    points: Float[np.ndarray, "points 2"]
    triangles: Int[np.ndarray, "triangles 3"]
    odd: Bool[np.ndarray, " triangles"]
    around: int

    @property
    def anticlockwise(self) -> Int[np.ndarray, "triangles 3"]:
        """All triangles, anticlockwise."""
        return np.where(self.odd[:, None], self.triangles[:, [1, 0, 2]], self.triangles)


def disc(around: int, rings: tuple[tuple[float, float], ...] = RINGS) -> Disc:
    """Rings of points and the triangles between them.

    Args:
        around: points on the rim, a multiple of 4 for the default rings.
        rings: distance from the centre and share of points, from the rim inwards; the centre itself is added.
    """
    points, numbers, angles, first = [], [], [], 0
    for k, (distance, share) in enumerate(rings):
        count = max(3, round(around * share))
        angle = 2 * np.pi * (np.arange(count + 1) + 0.5 * (k % 2)) / count
        points.append(distance * np.stack([np.cos(angle), np.sin(angle)], axis=1)[:-1])
        numbers.append(first + np.arange(count + 1) % count)  # the first point comes again
        angles.append(angle)
        first += count
    points.append(np.zeros((1, 2)))
    triangles = [_between(numbers[k], angles[k], numbers[k + 1], angles[k + 1]) for k in range(len(rings) - 1)]
    last = numbers[-1]
    triangles.append(np.stack([last[:-1], last[1:], np.full(last.size - 1, first)], axis=1))
    return _scaled(np.concatenate(points), np.concatenate(triangles), around)


def halved_disc(around: int, rings: tuple[tuple[float, float], ...] = RINGS) -> Disc:
    """A disc whose halves above and below the first axis mirror each other, with points on that axis.

    Args:
        around: points on the rim, a multiple of 8 for the default rings.
        rings: as in `disc`.
    """
    points, upper, angles, first = [], [], [], 0
    for distance, share in rings:
        half = max(2, round(around * share / 2))
        angle = np.pi * np.arange(2 * half) / half
        points.append(distance * np.stack([np.cos(angle), np.sin(angle)], axis=1))
        upper.append(first + np.arange(half + 1))
        angles.append(angle[: half + 1])
        first += 2 * half
    points.append(np.zeros((1, 2)))
    place = np.concatenate(points)
    triangles = [_between(upper[k], angles[k], upper[k + 1], angles[k + 1]) for k in range(len(rings) - 1)]
    last = upper[-1]
    triangles.append(np.stack([last[:-1], last[1:], np.full(last.size - 1, first)], axis=1))
    above = np.concatenate(triangles)
    below = mirrored(place)[above]
    # the two corners on one ring change places, so that this half is anticlockwise within rings, too
    outer = np.isclose(*np.linalg.norm(place[above[:, :2]], axis=2).T)
    below = np.where(outer[:, None], below[:, [1, 0, 2]], below[:, [0, 2, 1]])
    return _scaled(place, np.concatenate([above, below]), around)


def mirrored(points: Float[np.ndarray, "points 2"]) -> Int[np.ndarray, " points"]:
    """For each point the one at the other side of the first axis."""
    z = points @ np.asarray([1, 1j])
    return np.abs(z.conj()[:, None] - z[None]).argmin(axis=1)


def _scaled(place: np.ndarray, corners: np.ndarray, around: int) -> Disc:
    """The disc of a polygon with the area of the unit disc."""
    a, b, c = (place[corners[:, k]] for k in range(3))
    area = ((b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])) / 2
    polygon = around / 2 * np.sin(2 * np.pi / around)
    if not np.isclose(np.abs(area).sum(), polygon):  # triangles overlap
        raise ValueError(f"expected enough points around for rings so near to each other, found {around}: take more")
    return Disc(place * np.sqrt(np.pi / polygon), corners, area < 0, around)


def finer(rings: tuple[tuple[float, float], ...], times: int) -> tuple[tuple[float, float], ...]:
    """The same grading with `times` as many rings."""
    every = [*rings, (0.0, 0.0)]
    places = [a[0] + (b[0] - a[0]) * k / times for a, b in pairwise(every) for k in range(times)]
    shares = [a[1] + (b[1] - a[1]) * k / times for a, b in pairwise(every) for k in range(times)]
    return tuple(zip(places, shares, strict=True))


def _between(outer: np.ndarray, outer_angle: np.ndarray, inner: np.ndarray, inner_angle: np.ndarray) -> np.ndarray:
    """Triangles between two arcs: the next one always ends at the nearer of the two next points."""
    found, i, j, m, n = [], 0, 0, outer.size - 1, inner.size - 1
    while i < m or j < n:
        # 1e-9: where both are equally near, rounding must not decide
        if j == n or (i < m and outer_angle[i : i + 2].sum() <= inner_angle[j : j + 2].sum() + 1e-9):
            found.append((outer[i], outer[i + 1], inner[j]))
            i += 1
        else:
            found.append((outer[i], inner[j], inner[j + 1]))
            j += 1
    return np.asarray(found)
