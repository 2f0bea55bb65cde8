"""A structured tetrahedral mesh of a single vessel, swept along its centreline."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

from .disc import RINGS, Disc, disc
from .tetrahedra import Lumen
from .vessel import Vessel, centreline

COARSER = 3.0  # how much longer the cells are at the far ends of the extensions


class Swept(NamedTuple):
    """A mesh of sections across a vessel.

    Attributes:
        lumen: the mesh; section by section, each with the points of `disc`.
        disc: the mesh of a section.
        s: positions of the sections along the centreline, in cm.
        tangent: of the centreline, at the sections.
        area: of the sections, in cm2.
    """

    lumen: Lumen
    disc: Disc
    s: Float[np.ndarray, " sections"]
    tangent: Float[np.ndarray, "sections 3"]
    area: Float[np.ndarray, " sections"]

    def guess(self, inflow: float) -> Float[np.ndarray, "points 3"]:
        """Poiseuille's velocity in each section, in cm/s, from which a flow of this size is soon found."""
        square = (self.disc.points**2).sum(axis=1)
        profile = 2 * inflow * (1 - square / square.max())
        return (profile[None, :, None] * (self.tangent / self.area[:, None])[:, None]).reshape(-1, 3)


def swept_lumen(
    vessel: Vessel, around: int = 24, long: float = 1.0, rings: tuple[tuple[float, float], ...] = RINGS
) -> Swept:
    """Mesh the lumen of a vessel.

    Args:
        vessel: its shape.
        around: points around the wall.
        long: length over width of the cells on the wall.
        rings: of a section.

    Raises:
        ValueError: the vessel is bent so much that its sections cross.
    """
    section = disc(around, rings)
    s = _positions(vessel, 2 * np.pi / around * long)
    at = centreline(vessel).at(s)
    angle = np.arctan2(section.points[:, 1], section.points[:, 0])
    distance = np.hypot(section.points[:, 0], section.points[:, 1])
    reach = vessel.lumen_radius(s, angle) * distance[None, :]  # (sections, points)
    across = np.cos(angle)[None, :, None] * at.first[:, None] + np.sin(angle)[None, :, None] * at.second[:, None]
    points = (at.points[:, None] + reach[:, :, None] * across).reshape(-1, 3)
    layers, size = s.size - 1, section.points.shape[0]
    tets = np.concatenate([_prisms(section, k * size, size) for k in range(layers)])
    wall = np.concatenate([_quads(around, k * size, size) for k in range(layers)])
    area = np.pi * (reach[:, :around] ** 2).mean(axis=1) / (section.points[0] ** 2).sum()
    inlet, outlet = section.anticlockwise[:, ::-1].copy(), section.anticlockwise + layers * size
    return Swept(Lumen(points, tets, wall, inlet, outlet), section, s, at.tangent, area)


def _positions(vessel: Vessel, share: float) -> np.ndarray:
    """Sections, their distance `share` of the local radius; longer in the extensions."""
    low, high = -vessel.inlet_extension, vessel.length + vessel.outlet_extension
    s = np.linspace(low, high, 2001)
    angle = np.linspace(0, 2 * np.pi, 16, endpoint=False)
    size = share * vessel.lumen_radius(s, angle).mean(axis=1)
    outside = np.maximum(np.maximum(-s, s - vessel.length), 0.0) / (4 * vessel.radius)
    size = size * (1 + (COARSER - 1) * np.clip(outside, 0, 1))
    number = np.concatenate([[0.0], np.cumsum((1 / size[1:] + 1 / size[:-1]) / 2) * (s[1] - s[0])])
    begin, end = np.interp([0.0, vessel.length], s, number)
    # a section stands at either end of the vessel, so that the extensions can be taken off
    counts = [max(round(n), 1) for n in (begin, end - begin, number[-1] - end)]
    parts = [
        np.interp(np.linspace(a, b, n + 1), number, s)[:-1]
        for a, b, n in zip((0.0, begin, end), (begin, end, number[-1]), counts, strict=True)
    ]
    return np.concatenate([*parts, [high]])


def _prisms(section: Disc, low: int, up: int) -> Int[np.ndarray, "m 4"]:
    """Three tetrahedra from each prism; the order of corners decides diagonals, so that neighbours agree."""
    a, b, c = (section.triangles + low).T
    rows = [(a, b, c, c + up), (b, a, b + up, c + up), (a, a + up, b + up, c + up)]
    tets = np.concatenate([np.stack(row, axis=1) for row in rows])
    odd = np.tile(section.odd, 3)
    tets[odd] = tets[odd][:, [1, 0, 2, 3]]
    return tets


def _quads(around: int, low: int, up: int) -> Int[np.ndarray, "m 3"]:
    """Two triangles from each cell of the wall, split as the prisms are; normals point out of the vessel."""
    p = low + np.arange(around)
    q = np.roll(p, -1)
    return np.concatenate([np.stack([p, q, q + up], axis=1), np.stack([p, q + up, p + up], axis=1)])
