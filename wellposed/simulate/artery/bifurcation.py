"""A structured tetrahedral mesh of a bifurcating vessel: three branches that share three half discs."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

from .disc import RINGS, Disc, halved_disc, mirrored
from .prisms import mantle, stacked
from .smooth import smoothed
from .sweep import positions
from .tetrahedra import Lumen
from .vessel import Vessel, centreline

BRANCHES = 3
STIFFNESS = 0.5  # how long lines keep the direction in which they leave the junction: more makes a waist


class Bifurcation(NamedTuple):
    """A parent that splits into two daughters in a plane; lengths in cm.

    The junction is at the origin, the parent comes along z, the plane holds x and z. A branch is a `Vessel` whose
    position 0 lies where the junction ends; the parent is described against the flow, its taper is negative.

    Attributes:
        branches: parent, first and second daughter; inlet extensions do not count, outlet extensions do.
        angles: of the daughters with z, in radians; the first turns to x, the second away from it.
        reach: how far the junction reaches into the branches, in their radii.
        carina: distance of the tip between the daughters from the junction, relative to where straight walls met.
    """

    branches: tuple[Vessel, Vessel, Vessel]
    angles: tuple[float, float] = (0.6, 0.6)
    reach: float = 3.5
    carina: float = 1.15


class Forked(NamedTuple):
    """The mesh of a bifurcating vessel.

    Attributes:
        lumen: the mesh; its inlet is the far end of the parent.
        disc: the mesh of a section.
        sections: for each branch the numbers of the points of its sections, away from the junction.
        s: for each branch the positions of its sections; those in the junction are negative.
    """

    lumen: Lumen
    disc: Disc
    sections: tuple[Int[np.ndarray, "_ points"], ...]
    s: tuple[Float[np.ndarray, " _"], ...]


class _Sheet(NamedTuple):
    """Half an ellipse between two branches."""

    up: np.ndarray  # its axis in the plane, from the junction
    across: np.ndarray  # unit normal in the plane
    depth: float  # along `up`


def forked_lumen(vessel: Bifurcation, around: int = 24, rings: tuple[tuple[float, float], ...] = RINGS) -> Forked:
    """Mesh the lumen of a bifurcating vessel.

    Where the branches meet lie three half discs with a common diameter, each between two of the branches; the end of
    a branch is made of two of them. From there cubics of Hermite lead to circular sections.

    Args:
        vessel: its shape.
        around: points around the wall, a multiple of 8.
        rings: of a section.
    """
    section = halved_disc(around, rings)
    size, mirror = section.points.shape[0], mirrored(section.points)
    ways = _ways(vessel.angles)
    sheets = _sheets(vessel, ways)
    height = vessel.branches[0].radius
    share = 2 * np.pi / around
    points, first, stacks, every = [], 3 * size, [], []
    ends, shared = _ends(section, mirror)
    for k, branch in enumerate(vessel.branches):
        across = _frame(ways[k])
        turned = (sheets[k], sheets[k - 1])
        start, leave = _end(section, turned, ways[k], height)
        if k == 0:
            points.append(np.zeros((3 * size, 3)))
        points[0][ends[k]] = start
        s, swept = _branch(vessel, branch, section, across, share)
        steps = max(round(vessel.reach * branch.radius / (share * branch.radius)), 2)
        bridge = _bridge(start, leave, swept[0], ways[k], steps)
        own = np.concatenate([bridge, swept])
        stacks.append(np.concatenate([ends[k][None], first + np.arange(own.shape[0] * size).reshape(-1, size)]))
        every.append(np.concatenate([np.linspace(-vessel.reach * branch.radius, 0, steps + 1)[:-1], s]))
        points.append(own.reshape(-1, 3))
        first += own.shape[0] * size
    return _joined(np.concatenate(points), section, stacks, every, shared)


def _joined(points, section: Disc, stacks, every, shared) -> Forked:
    """One numbering without the points of the sheets that are others."""
    used = np.ones(points.shape[0], bool)
    used[: 3 * section.points.shape[0]] = False
    used[shared] = True
    number = np.cumsum(used) - 1
    stacks = [number[ids] for ids in stacks]
    tets = np.concatenate([stacked(section, ids) for ids in stacks])
    wall = np.concatenate([mantle(section.around, ids) for ids in stacks])
    inlet, *outlets = (ids[-1][section.anticlockwise] for ids in stacks)
    lumen = Lumen(points[used], tets, wall, inlet, np.concatenate(outlets))
    free = np.zeros(lumen.points.shape[0])
    for ids, s in zip(stacks, every, strict=True):
        free[ids] = np.sin(np.pi / 2 * np.clip(s / s[0], 0, 1))[:, None] ** 2
    lumen = lumen._replace(points=smoothed(lumen, free))
    return Forked(lumen, section, tuple(stacks), tuple(every))


def _ways(angles: tuple[float, float]) -> np.ndarray:
    """Unit vectors along the branches, away from the junction: parent, first and second daughter."""
    a, b = angles
    return np.asarray([[0.0, 0, -1], [np.sin(a), 0, np.cos(a)], [-np.sin(b), 0, np.cos(b)]])


def _frame(way: np.ndarray) -> np.ndarray:
    """The axes of a section: y, and way x y."""
    y = np.asarray([0.0, 1, 0])
    return np.stack([y, np.cross(way, y)])


def _sheets(vessel: Bifurcation, ways: np.ndarray) -> list[_Sheet]:
    """Sheet k lies between branch k, at its second axis, and branch k + 1, at the other side of its second axis."""
    found = []
    for k in range(BRANCHES):
        i, j = k, (k + 1) % BRANCHES
        up = ways[i] + ways[j]
        up /= np.linalg.norm(up)
        half = np.arccos(np.clip(ways[i] @ ways[j], -1, 1)) / 2
        # a daughter leaves the wall of the parent; between the daughters the tip is round, thus further away
        outer = vessel.branches[0].radius
        inner = vessel.carina * (vessel.branches[1].radius + vessel.branches[2].radius) / 2
        depth = (inner if k == 1 else outer) / np.sin(half)
        found.append(_Sheet(up, np.cross(up, [0.0, 1, 0]), float(depth)))
    return found


def _ends(section: Disc, mirror: np.ndarray) -> tuple[list[np.ndarray], np.ndarray]:
    """Numbers of the points at the junction: half k lies at the second axis of branch k, half k - 1 opposite."""
    size, y = section.points.shape[0], section.points[:, 1]
    level = np.isclose(y, 0)
    own = lambda k: k * size + np.arange(size)
    ends = []
    for k in range(BRANCHES):
        other = own((k - 1) % BRANCHES)[mirror]
        ends.append(np.where(level, own(0), np.where(y > 0, own(k), other)))
    return ends, np.unique(np.concatenate(ends))


def _end(section: Disc, turned: tuple[_Sheet, _Sheet], way: np.ndarray, height: float):
    """Where the section of a branch lies at the junction, and the directions in which its lines leave it."""
    x, y = section.points.T
    sheet = lambda f: np.where((y >= 0)[:, None], f(turned[0])[None], f(turned[1])[None])
    up, across = sheet(lambda one: one.up), sheet(lambda one: one.across)
    depth = np.where(y >= 0, turned[0].depth, turned[1].depth)
    place = (height * x)[:, None] * np.asarray([[0.0, 1, 0]]) + (depth * np.abs(y))[:, None] * up
    across = across * np.sign(across @ way)[:, None]
    # on the diameter a line leaves between both sheets
    between = sum(one.across * np.sign(one.across @ way) for one in turned)
    weight = (1 - (1 - np.minimum(np.abs(y), 1.0)) ** 4)[:, None]
    leave = weight * across + (1 - weight) * between / np.linalg.norm(between)
    return place, leave * (STIFFNESS / np.linalg.norm(leave, axis=1, keepdims=True))


def _branch(vessel: Bifurcation, branch: Vessel, section: Disc, across: np.ndarray, share: float):
    """Sections of a branch beyond the junction."""
    straight = branch._replace(inlet_extension=0.0)
    s = positions(straight, share)
    line = centreline(straight).at(s)
    way = np.cross(across[0], across[1])
    turn = np.stack([across[0], across[1], way])  # of the axes x, y, z of the centreline
    angle, distance = np.arctan2(section.points[:, 1], section.points[:, 0]), np.linalg.norm(section.points, axis=1)
    reach = branch.lumen_radius(s, angle) * distance[None, :]
    ring = np.cos(angle)[None, :, None] * line.first[:, None] + np.sin(angle)[None, :, None] * line.second[:, None]
    local = line.points[:, None] + reach[:, :, None] * ring
    return s, local @ turn + vessel.reach * branch.radius * way


def _bridge(start: np.ndarray, leave: np.ndarray, end: np.ndarray, way: np.ndarray, steps: int) -> np.ndarray:
    """Sections between the junction and the first circular one, without either."""
    t = (np.arange(1, steps) / steps)[:, None, None]
    length = np.linalg.norm(end - start, axis=1, keepdims=True)
    return (
        (2 * t**3 - 3 * t**2 + 1) * start
        + (t**3 - 2 * t**2 + t) * length * leave
        + (3 * t**2 - 2 * t**3) * end
        + (t**3 - t**2) * length * way
    )
