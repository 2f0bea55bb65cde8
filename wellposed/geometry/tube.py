"""A tube about a curve: rings of vertices, each at a radius of its own."""

import functools
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

from wellposed.nn import NeighbourTable
from wellposed.simulate.artery import Centreline

from .graph import Graph


class TubeTables(NamedTuple):
    """Who is a neighbour of whom on a tube; vertex j of ring i has the number i * around + j.

    Attributes:
        ring: the two neighbours on the same ring.
        along: those at the same angle on the rings before and behind; one at an end.
    """

    ring: NeighbourTable
    along: NeighbourTable


class Tube(NamedTuple):
    """Rings at equal distances along a curve, with vertices at equal angles on each [@wolterink2019].

    The mesh is given, and one number is unknown at each vertex, its distance from the curve: so a segmentation of a
    vessel is a regression.

    Attributes:
        line: the curve at the rings; its frames do not rotate about it.
        around: vertices of a ring.

    Example:
        >>> import numpy as np
        >>> points = np.linspace(0, 1, 5)[:, None] * np.array([[0.0, 0.0, 2.0]])
        >>> tube = Tube.through(points, step=0.5, around=8)
        >>> tube.rings, tube.positions(np.ones((5, 8))).shape, tube.faces().shape
        (5, (40, 3), (64, 3))
    """

    line: Centreline
    around: int

    @staticmethod
    def through(points: Float[np.ndarray, "points 3"], step: float, around: int) -> "Tube":
        """The tube about the cubic spline through some points, with frames by double reflection [@wang2008].

        Args:
            points: of the curve, in its order; no two that follow each other are the same.
            step: between rings, in the unit of the points.
            around: vertices of a ring, at least 3.

        Raises:
            ValueError: fewer than two different points, a curve shorter than one step, or fewer than 3 vertices.
        """
        from scipy.interpolate import CubicSpline, make_interp_spline

        chords = np.linalg.norm(np.diff(points, axis=0), axis=1)
        if len(points) < 2 or not (chords > 0).all() or around < 3:
            raise ValueError(
                f"Tube expects at least 2 points that differ from their neighbours and 3 vertices around, "
                f"got {len(points)} points, shortest step {chords.min(initial=np.inf):g}, {around} vertices."
            )
        knots = np.append(0.0, np.cumsum(chords))
        spline = CubicSpline(knots, points) if len(points) > 2 else make_interp_spline(knots, points, k=1)
        fine = np.linspace(0, knots[-1], 1 + max(int(np.ceil(knots[-1] / step * 20)), 8))
        length = np.append(0.0, np.cumsum(np.linalg.norm(np.diff(spline(fine), axis=0), axis=1)))
        if length[-1] < step:
            raise ValueError(f"Tube expects a curve of at least one step {step:g}, got a length of {length[-1]:.3g}.")
        s = step * np.arange(int(length[-1] / step * (1 + 1e-9)) + 1)
        at = np.interp(s, length, fine)
        tangent = spline.derivative()(at)
        tangent /= np.linalg.norm(tangent, axis=1, keepdims=True)
        first = _reflected(spline(at), tangent)
        return Tube(Centreline(s, spline(at), tangent, first, np.cross(tangent, first)), around)

    @property
    def rings(self) -> int:
        """How many there are."""
        return len(self.line.s)

    @property
    def angles(self) -> Float[np.ndarray, " around"]:
        """Of the vertices of a ring, in radians from the first normal to the second."""
        return 2 * np.pi * np.arange(self.around) / self.around

    @property
    def directions(self) -> Float[np.ndarray, "rings around 3"]:
        """Unit vectors from the curve to the vertices."""
        cosine, sine = np.cos(self.angles)[None, :, None], np.sin(self.angles)[None, :, None]
        return cosine * self.line.first[:, None] + sine * self.line.second[:, None]

    def positions(self, radius: Float[np.ndarray, "rings around"]) -> Float[np.ndarray, "vertices 3"]:
        """Of the vertices at these distances from the curve."""
        return (self.line.points[:, None] + radius[..., None] * self.directions).reshape(-1, 3)

    def faces(self) -> Int[np.ndarray, "faces 3"]:
        """Triangles, counterclockwise seen from outside."""
        i, j = np.meshgrid(np.arange(self.rings - 1), np.arange(self.around), indexing="ij")
        at = lambda i, j: (i * self.around + j % self.around).ravel()
        a, b, c, d = at(i, j), at(i, j + 1), at(i + 1, j + 1), at(i + 1, j)
        return np.concatenate([np.stack([a, b, c], axis=1), np.stack([a, c, d], axis=1)])

    def turned(self, steps: int) -> "Tube":
        """The same tube whose rings start `steps` vertices further on: a change of gauge.

        Example:
            >>> import numpy as np
            >>> tube = Tube.through(np.linspace(0, 1, 5)[:, None] * np.ones((1, 3)), step=0.5, around=8)
            >>> bool(np.allclose(tube.turned(3).directions, np.roll(tube.directions, -3, axis=1)))
            True
        """
        angle = 2 * np.pi * steps / self.around
        line = self.line
        first = np.cos(angle) * line.first + np.sin(angle) * line.second
        return Tube(line._replace(first=first, second=np.cross(line.tangent, first)), self.around)

    def finer(self, radius: Float[np.ndarray, "rings around"], factor: int) -> tuple["Tube", np.ndarray]:
        """A tube with so many times the rings and vertices, and its radii by linear interpolation.

        Its rings lie on the spline through those of this tube, which keep their places.
        """
        s = np.linspace(self.line.s[0], self.line.s[-1], factor * (self.rings - 1) + 1)
        tube = Tube(self.line.at(s), factor * self.around)
        return tube, interpolated(self, radius, s[:, None], tube.angles[None, :])


def interpolated(
    tube: Tube, radius: Float[np.ndarray, "rings around"], s: Float[np.ndarray, "..."], angle: Float[np.ndarray, "..."]
) -> Float[np.ndarray, "..."]:
    """Radii between the vertices, linear along the curve and about it; constant beyond the ends."""
    from scipy.ndimage import map_coordinates

    s, angle = np.broadcast_arrays(s, angle)
    row = np.interp(s, tube.line.s, np.arange(tube.rings))
    column = angle / (2 * np.pi) * tube.around % tube.around
    closed = np.concatenate([radius, radius[:, :1]], axis=1)
    return map_coordinates(closed, np.stack([row, column]), order=1, mode="nearest")


@functools.cache
def tube_tables(rings: int, around: int, filled: int | None = None) -> TubeTables:
    """The neighbours on a tube.

    Args:
        rings: of the tube.
        around: vertices of a ring.
        filled: rings in all, if the tube is filled up with vertices that have no neighbours.

    Example:
        >>> tube_tables(2, 4).ring.degrees().tolist(), tube_tables(2, 4).along.degrees().tolist()
        ([2, 2, 2, 2, 2, 2, 2, 2], [1, 1, 1, 1, 1, 1, 1, 1])
    """
    number = np.arange(rings * around).reshape(rings, around)
    ring = np.stack([number, np.roll(number, -1, axis=1)], axis=-1).reshape(-1, 2)
    along = np.stack([number[:-1], number[1:]], axis=-1).reshape(-1, 2)
    vertices = (filled or rings) * around
    return TubeTables(*(Graph.from_pairs(pairs, vertices).table(2, 2) for pairs in (ring, along)))


def _reflected(points: np.ndarray, tangent: np.ndarray) -> np.ndarray:
    """A normal at each point that does not rotate about the curve: two reflections take each to the next."""
    axis = np.eye(3)[np.argmin(np.abs(tangent[0]))]
    normal = np.cross(tangent[0], axis)
    found = np.empty_like(points)
    found[0] = normal / np.linalg.norm(normal)
    reflect = lambda x, v, square: x - 2 * (v @ x) / square * v
    for i, chord in enumerate(np.diff(points, axis=0)):
        square = chord @ chord
        middle, ahead = reflect(found[i], chord, square), reflect(tangent[i], chord, square)
        turn = tangent[i + 1] - ahead
        found[i + 1] = reflect(middle, turn, turn @ turn) if turn @ turn > 1e-24 else middle
    return found
