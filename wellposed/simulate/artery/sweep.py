"""A structured tetrahedral mesh of a single vessel, swept along its centreline."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from .disc import RINGS, Disc, disc
from .prisms import mantle, stacked
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
    s = positions(vessel, 2 * np.pi / around * long)
    at = centreline(vessel).at(s)
    angle = np.arctan2(section.points[:, 1], section.points[:, 0])
    distance = np.hypot(section.points[:, 0], section.points[:, 1])
    reach = vessel.lumen_radius(s, angle) * distance[None, :]  # (sections, points)
    across = np.cos(angle)[None, :, None] * at.first[:, None] + np.sin(angle)[None, :, None] * at.second[:, None]
    points = (at.points[:, None] + reach[:, :, None] * across).reshape(-1, 3)
    size = section.points.shape[0]
    ids = np.arange(s.size * size).reshape(s.size, size)
    area = np.pi * (reach[:, :around] ** 2).mean(axis=1) / (section.points[0] ** 2).sum()
    inlet, outlet = ids[0][section.anticlockwise[:, ::-1]], ids[-1][section.anticlockwise]
    lumen = Lumen(points, stacked(section, ids), mantle(around, ids), inlet, outlet)
    return Swept(lumen, section, s, at.tangent, area)


def positions(vessel: Vessel, share: float) -> Float[np.ndarray, " sections"]:
    """Where sections stand along the centreline: `share` of the local radius apart, further in the extensions."""
    low, high = -vessel.inlet_extension, vessel.length + vessel.outlet_extension
    s = np.linspace(low, high, 2001)
    angle = np.linspace(0, 2 * np.pi, 16, endpoint=False)
    size = share * vessel.lumen_radius(s, angle).mean(axis=1)
    outside = np.maximum(np.maximum(-s, s - vessel.length), 0.0) / (4 * vessel.radius)
    size = size * (1 + (COARSER - 1) * np.clip(outside, 0, 1))
    number = np.concatenate([[0.0], np.cumsum((1 / size[1:] + 1 / size[:-1]) / 2) * (s[1] - s[0])])
    begin, end = np.interp([0.0, vessel.length], s, number)
    # a section stands at either end of the vessel, so that the extensions can be taken off
    ends = [(a, b) for a, b in ((0.0, begin), (begin, end), (end, number[-1])) if b > a]
    parts = [np.interp(np.linspace(a, b, max(round(b - a), 1) + 1), number, s)[:-1] for a, b in ends]
    return np.concatenate([*parts, [high]])
