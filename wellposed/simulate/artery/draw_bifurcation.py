"""Bifurcating coronary arteries at random."""

from typing import NamedTuple

import numpy as np

from .bifurcation import Bifurcation
from .vessel import Bend, Stenosis, Vessel


class ForkRanges(NamedTuple):
    """What bifurcating arteries are drawn from, uniformly.

    Attributes:
        radius: of the parent at the junction, in cm.
        asymmetry: radius of the second daughter over that of the first; the cubes of both add up to that of the parent
            [@murray1926].
        angle: of a daughter with the parent, in degrees.
        parent_length: in its diameters.
        daughter_length: in its diameters.
        taper: the share of the radius that a branch loses along the flow.
        bend_angle: of a daughter, in degrees.
        stenosed: how likely a branch has a stenosis.
        severity: the share of the radius that is lost where a stenosis is worst.
        stenosis_half: half the length of a stenosis, in diameters.
        eccentricity: of a stenosis.
        inlet_extension: in diameters.
        outlet_extension: in diameters.
    """

    radius: tuple[float, float] = (0.16, 0.2)
    asymmetry: tuple[float, float] = (0.7, 1.0)
    angle: tuple[float, float] = (28.0, 45.0)
    parent_length: tuple[float, float] = (3.0, 4.0)
    daughter_length: tuple[float, float] = (4.5, 6.0)
    taper: tuple[float, float] = (0.0, 0.1)
    bend_angle: tuple[float, float] = (0.0, 25.0)
    stenosed: float = 0.35
    severity: tuple[float, float] = (0.1, 0.4)
    stenosis_half: tuple[float, float] = (0.6, 1.2)
    eccentricity: tuple[float, float] = (0.0, 1.0)
    inlet_extension: float = 1.5
    outlet_extension: float = 3.0


FORKED = ForkRanges()


def draw_bifurcation(rng: np.random.Generator, ranges: ForkRanges = FORKED) -> Bifurcation:
    """Draw a bifurcating artery.

    Args:
        rng: the source of the numbers.
        ranges: what is drawn from.

    Example:
        >>> parent, first, second = draw_bifurcation(np.random.default_rng(0)).branches
        >>> round((first.radius**3 + second.radius**3) / parent.radius**3, 9)
        1.0
    """
    radius, asymmetry = rng.uniform(*ranges.radius), rng.uniform(*ranges.asymmetry)
    first = radius * (1 + asymmetry**3) ** (-1 / 3)
    angles = np.radians(rng.uniform(*ranges.angle, 2))
    parent = _branch(rng, ranges, radius, ranges.parent_length, ranges.inlet_extension)
    one, other = (
        _branch(rng, ranges, r, ranges.daughter_length, ranges.outlet_extension) for r in (first, asymmetry * first)
    )
    taper = parent.taper / (1 - parent.taper)  # seen against the flow
    return Bifurcation((parent._replace(taper=-taper, bends=()), one, other), (float(angles[0]), float(angles[1])))


def _branch(
    rng: np.random.Generator, ranges: ForkRanges, radius: float, length: tuple[float, float], extension: float
) -> Vessel:
    d = 2 * radius
    size = d * rng.uniform(*length)
    turn = lambda: rng.uniform(0.0, 2 * np.pi)
    half = size * rng.uniform(0.25, 0.4)
    bend = Bend(rng.uniform(half, size - half), half, float(np.radians(rng.uniform(*ranges.bend_angle))), turn())
    narrow = d * rng.uniform(*ranges.stenosis_half)
    where = rng.uniform(narrow, max(size - narrow - d, narrow))
    stenosis = Stenosis(where, narrow, rng.uniform(*ranges.severity), rng.uniform(*ranges.eccentricity), turn())
    stenoses = (stenosis,) if rng.random() < ranges.stenosed else ()
    return Vessel(radius, size, rng.uniform(*ranges.taper), (bend,), stenoses, 0.0, extension * d)
