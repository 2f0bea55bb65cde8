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
        angle = 2 * np.pi * (np.arange(count) + 0.5 * (k % 2)) / count
        points.append(distance * np.stack([np.cos(angle), np.sin(angle)], axis=1))
        numbers.append(first + np.arange(count))
        angles.append(angle)
        first += count
    points.append(np.zeros((1, 2)))
    triangles = [_between(numbers[k], angles[k], numbers[k + 1], angles[k + 1]) for k in range(len(rings) - 1)]
    last = numbers[-1]
    triangles.append(np.stack([last, np.roll(last, -1), np.full(last.size, first)], axis=1))
    place, corners = np.concatenate(points), np.concatenate(triangles)
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
    """Triangles between two rings: the next one always ends at the nearer of the two next points."""
    found, i, j, m, n = [], 0, 0, outer.size, inner.size
    angle_out = lambda k: outer_angle[k % m] + 2 * np.pi * (k // m)
    angle_in = lambda k: inner_angle[k % n] + 2 * np.pi * (k // n)
    while i < m or j < n:
        if j == n or (i < m and angle_out(i) + angle_out(i + 1) <= angle_in(j) + angle_in(j + 1) + 1e-9):
            found.append((outer[i % m], outer[(i + 1) % m], inner[j % n]))
            i += 1
        else:
            found.append((outer[i % m], inner[j % n], inner[(j + 1) % n]))
            j += 1
    return np.asarray(found)
