"""Which places lie inside a tube, and at which of its rings."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int

from .tube import Tube, interpolated
from .tube_rays import indices

FINER = 5  # times as many points of the curve as rings, among which the nearest is looked for


class TubeCoordinates(NamedTuple):
    """Places in the coordinates of a tube.

    Attributes:
        s: along the curve, from the nearest point of it and the tangent there.
        angle: about it, in radians.
        distance: from it.
        between: whether they lie between the planes of the first ring and the last one.
    """

    s: Float[np.ndarray, " n"]
    angle: Float[np.ndarray, " n"]
    distance: Float[np.ndarray, " n"]
    between: Bool[np.ndarray, " n"]

    def ring(self, tube: Tube) -> Int[np.ndarray, " n"]:
        """The nearest ring."""
        row = np.interp(self.s, tube.line.s, np.arange(tube.rings))
        return np.round(row).astype(int)


def tube_coordinates(tube: Tube, places: Float[np.ndarray, "n 3"]) -> TubeCoordinates:
    """Position, angle and distance of places, which must lie nearer to the curve than its radius of curvature.

    Example:
        >>> import numpy as np
        >>> from wellposed.geometry import Tube
        >>> tube = Tube.through(np.array([[0.0, 0, 0], [0, 0, 2], [0, 0, 4]]), 0.5, 8)
        >>> found = tube_coordinates(tube, np.array([[0.3, 0.4, 1.2], [0.0, 0.0, 9.0]]))
        >>> found.s.round(6).tolist()[0], found.distance.round(6).tolist()[0], found.between.tolist()
        (1.2, 0.5, [True, False])
    """
    from scipy.spatial import KDTree

    line = tube.line.at(np.linspace(tube.line.s[0], tube.line.s[-1], FINER * (tube.rings - 1) + 1))
    _, near = KDTree(line.points).query(places)
    away = places - line.points[near]
    x, y, z = ((away * axis[near]).sum(axis=1) for axis in (line.first, line.second, line.tangent))
    s = line.s[near] + z
    between = (s >= line.s[0]) & (s <= line.s[-1])
    return TubeCoordinates(s, np.arctan2(y, x), np.hypot(x, y), between)


def inside_tube(
    tube: Tube, radius: Float[np.ndarray, "rings around"], found: TubeCoordinates
) -> Bool[np.ndarray, " n"]:
    """Which places are nearer to the curve than the tube's wall, between its first ring and its last one.

    Example:
        >>> import numpy as np
        >>> from wellposed.geometry import Tube
        >>> tube = Tube.through(np.array([[0.0, 0, 0], [0, 0, 2], [0, 0, 4]]), 0.5, 8)
        >>> places = np.array([[0.9, 0.0, 1.0], [1.1, 0.0, 1.0]])
        >>> inside_tube(tube, np.ones((9, 8)), tube_coordinates(tube, places)).tolist()
        [True, False]
    """
    return found.between & (found.distance < interpolated(tube, radius, found.s, found.angle))


def voxels_near(
    shape: tuple[int, int, int], affine: Float[np.ndarray, "4 4"], tube: Tube, reach: float
) -> tuple[Int[np.ndarray, "n 3"], TubeCoordinates]:
    """The voxels between the ends of a tube and within a distance of its curve, with their coordinates."""
    line = tube.line.points
    corners = np.stack([line.min(axis=0) - reach, line.max(axis=0) + reach])
    box = np.stack(np.meshgrid(*corners.T, indexing="ij"), axis=-1).reshape(-1, 3)
    at = indices(box, affine)
    low = np.clip(np.floor(at.min(axis=0)).astype(int), 0, np.asarray(shape))
    high = np.clip(np.ceil(at.max(axis=0)).astype(int) + 1, 0, np.asarray(shape))
    grid = np.stack(np.meshgrid(*(np.arange(a, b) for a, b in zip(low, high, strict=True)), indexing="ij"), axis=-1)
    voxels = grid.reshape(-1, 3)
    found = tube_coordinates(tube, voxels @ affine[:3, :3].T + affine[:3, 3])
    chosen = found.between & (found.distance <= reach)
    return voxels[chosen], TubeCoordinates(*(part[chosen] for part in found))
