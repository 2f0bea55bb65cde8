"""Single coronary arteries at random."""

from itertools import pairwise
from typing import NamedTuple

import numpy as np

from .vessel import Bend, Stenosis, Vessel, centreline

ATTEMPTS = 1000


class Ranges(NamedTuple):
    """What single arteries are drawn from, uniformly; the calibre is that of epicardial coronary arteries.

    Attributes:
        radius: at the beginning, in cm.
        length: in diameters there.
        taper: the share of the radius that is lost over the length.
        bends: their number.
        bend_angle: in degrees.
        bend_half: half the length of a bend, in diameters.
        stenoses: their number.
        severity: the share of the radius that is lost where a stenosis is worst.
        stenosis_half: half the length of a stenosis, in diameters.
        eccentricity: of a stenosis.
        inlet_extension: in diameters.
        outlet_extension: in diameters.
        margin: distance of a throat from both ends of the vessel, in diameters.
        tightest: the largest curvature of the centreline times radius.
        nearest: parts of the centreline that are not neighbours keep this distance, in diameters.
    """

    radius: tuple[float, float] = (0.13, 0.19)
    length: tuple[float, float] = (8.0, 11.0)
    taper: tuple[float, float] = (0.05, 0.25)
    bends: tuple[int, int] = (2, 4)
    bend_angle: tuple[float, float] = (15.0, 75.0)
    bend_half: tuple[float, float] = (1.2, 3.0)
    stenoses: tuple[int, int] = (0, 2)
    severity: tuple[float, float] = (0.1, 0.4)
    stenosis_half: tuple[float, float] = (0.6, 1.2)
    eccentricity: tuple[float, float] = (0.0, 1.0)
    inlet_extension: float = 1.5
    outlet_extension: float = 3.0
    margin: float = 2.0
    tightest: float = 0.35
    nearest: float = 2.5


SINGLE = Ranges()


def draw_vessel(rng: np.random.Generator, ranges: Ranges = SINGLE) -> Vessel:
    """Draw a single artery; vessels that are bent too much, or whose stenoses overlap, are drawn again.

    Args:
        rng: the source of the numbers.
        ranges: what is drawn from.

    Raises:
        ValueError: the ranges leave no vessel.

    Example:
        >>> vessel = draw_vessel(np.random.default_rng(0))
        >>> 0.13 <= vessel.radius <= 0.19
        True
    """
    for _ in range(ATTEMPTS):
        vessel = _drawn(rng, ranges)
        if _stenoses_apart(vessel) and _bends_gently(vessel, ranges):
            return vessel
    raise ValueError(f"expected ranges that leave a vessel, found none in {ATTEMPTS} draws: bend less")


def _drawn(rng: np.random.Generator, ranges: Ranges) -> Vessel:
    radius = rng.uniform(*ranges.radius)
    d = 2 * radius
    length = d * rng.uniform(*ranges.length)
    turn = lambda: rng.uniform(0.0, 2 * np.pi)
    bends, stenoses = [], []
    for _ in range(rng.integers(*ranges.bends, endpoint=True)):
        half = d * rng.uniform(*ranges.bend_half)
        angle = float(np.radians(rng.uniform(*ranges.bend_angle)))
        bends.append(Bend(rng.uniform(0.6 * half, length - 0.6 * half), half, angle, turn()))
    for _ in range(rng.integers(*ranges.stenoses, endpoint=True)):
        position = rng.uniform(ranges.margin * d, length - ranges.margin * d)
        half, severity = d * rng.uniform(*ranges.stenosis_half), rng.uniform(*ranges.severity)
        stenoses.append(Stenosis(position, half, severity, rng.uniform(*ranges.eccentricity), turn()))
    return Vessel(
        radius=radius,
        length=length,
        taper=rng.uniform(*ranges.taper),
        bends=tuple(sorted(bends)),
        stenoses=tuple(sorted(stenoses)),
        inlet_extension=ranges.inlet_extension * d,
        outlet_extension=ranges.outlet_extension * d,
    )


def _stenoses_apart(vessel: Vessel) -> bool:
    return all(b.position - b.half > a.position + a.half for a, b in pairwise(vessel.stenoses))


def _bends_gently(vessel: Vessel, ranges: Ranges) -> bool:
    s = np.linspace(-vessel.inlet_extension, vessel.length + vessel.outlet_extension, 500)
    if vessel.radius * np.linalg.norm(vessel.curvature(s), axis=1).max() > ranges.tightest:
        return False
    line = centreline(vessel, step=0.2 * vessel.radius)
    apart = np.linalg.norm(line.points[:, None] - line.points[None], axis=2)
    d = 2 * vessel.radius
    far = np.abs(line.s[:, None] - line.s[None]) > 1.5 * ranges.nearest * d
    return bool((apart[far] > ranges.nearest * d).all())
