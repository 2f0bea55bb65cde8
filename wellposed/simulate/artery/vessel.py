"""An idealised coronary artery: a bent centreline, a taper, stenoses."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float

Along = Float[np.ndarray, " n"]


class Bend(NamedTuple):
    """A bend of the centreline.

    Attributes:
        position: of its middle along the centreline, in cm.
        half: half its length, in cm.
        angle: by which it turns, in radians.
        direction: into which it turns, in radians about the centreline from the first normal.
    """

    position: float
    half: float
    angle: float
    direction: float


class Stenosis(NamedTuple):
    """A narrowing of the lumen.

    Attributes:
        position: of its throat along the centreline, in cm.
        half: half its length, in cm.
        severity: the share of the radius that is lost where it is worst.
        eccentricity: 0 narrows from all sides, 1 leaves the opposite side of the wall as it was.
        direction: of the worst side, in radians about the centreline from the first normal.
    """

    position: float
    half: float
    severity: float
    eccentricity: float = 0.0
    direction: float = 0.0

    def remains(
        self, s: Float[np.ndarray, "*shape"], angle: Float[np.ndarray, "*shape"]
    ) -> Float[np.ndarray, "*shape"]:
        """The share of the radius that is left: a cosine along the vessel, and one around it."""
        side = (1 + self.eccentricity * np.cos(angle - self.direction)) / (1 + self.eccentricity)
        return 1 - self.severity * bump((s - self.position) / self.half) * side


class Vessel(NamedTuple):
    """A single vessel; lengths in cm. Position 0 is where the inlet extension ends and the vessel begins.

    Attributes:
        radius: at position 0.
        length: without the extensions.
        taper: the share of the radius that is lost over the length.
        bends: of the centreline.
        stenoses: of the lumen.
        inlet_extension: a straight tube before the vessel.
        outlet_extension: a straight tube behind it.
    """

    radius: float
    length: float
    taper: float = 0.0
    bends: tuple[Bend, ...] = ()
    stenoses: tuple[Stenosis, ...] = ()
    inlet_extension: float = 0.5
    outlet_extension: float = 1.0

    def lumen_radius(self, s: Along, angle: Float[np.ndarray, " m"]) -> Float[np.ndarray, "n m"]:
        """At positions along the centreline and angles about it: taper times the cosine of each stenosis."""
        place, angle = (np.ascontiguousarray(x) for x in np.broadcast_arrays(s[:, None], angle[None, :]))
        found = self.tapered(place)
        for one in self.stenoses:
            found = found * one.remains(place, angle)
        return found

    def tapered(self, s: Float[np.ndarray, "*shape"]) -> Float[np.ndarray, "*shape"]:
        """The radius without stenoses."""
        return self.radius * (1 - self.taper * np.clip(s / self.length, 0.0, 1.0))

    def curvature(self, s: Along) -> Float[np.ndarray, "n 2"]:
        """Of the centreline, along its two normals, in 1/cm."""
        found = np.zeros((s.size, 2))
        for one in self.bends:
            size = one.angle / one.half * bump((s - one.position) / one.half)
            found += size[:, None] * np.asarray([[np.cos(one.direction), np.sin(one.direction)]])
        return found


class Centreline(NamedTuple):
    """A curve with frames that do not rotate about it.

    Attributes:
        s: positions along the curve, in cm, equally spaced.
        points: of the curve.
        tangent: unit vectors along it.
        first: unit normals.
        second: tangent x first.
    """

    s: Along
    points: Float[np.ndarray, "n 3"]
    tangent: Float[np.ndarray, "n 3"]
    first: Float[np.ndarray, "n 3"]
    second: Float[np.ndarray, "n 3"]

    def at(self, s: Along) -> "Centreline":
        """At other positions, by cubic splines; the frames stay orthonormal."""
        from scipy.interpolate import CubicSpline

        value = lambda f: CubicSpline(self.s, f)(s)
        tangent = value(self.tangent)
        tangent /= np.linalg.norm(tangent, axis=1, keepdims=True)
        first = value(self.first)
        first -= (first * tangent).sum(axis=1, keepdims=True) * tangent
        first /= np.linalg.norm(first, axis=1, keepdims=True)
        return Centreline(s, value(self.points), tangent, first, np.cross(tangent, first))


def bump(x: Float[np.ndarray, "*shape"]) -> Float[np.ndarray, "*shape"]:
    """(1 + cos(pi x)) / 2 within [-1, 1], 0 elsewhere."""
    return np.where(np.abs(x) < 1, (1 + np.cos(np.pi * np.clip(x, -1, 1))) / 2, 0.0)


def centreline(vessel: Vessel, step: float = 0.005) -> Centreline:
    """Integrate the frames that do not rotate about the curve [@bishop1975] from its curvatures.

    T' = k1 M1 + k2 M2, M1' = -k1 T, M2' = -k2 T, by rotations that are exact for constant curvature; position 0 is the
    origin and the curve begins along z.

    Args:
        vessel: whose centreline.
        step: of the integration, in cm.
    """
    low, high = -vessel.inlet_extension, vessel.length + vessel.outlet_extension
    s = np.linspace(low, high, max(int(np.ceil((high - low) / step)), 2) + 1)
    h = s[1] - s[0]
    k = vessel.curvature(s[:-1] + h / 2)
    frames = np.empty((s.size, 3, 3))  # rows: tangent, first and second normal
    frames[0] = np.asarray([[0.0, 0, 1], [1, 0, 0], [0, 1, 0]])
    for n, (a, b) in enumerate(k):
        size = np.hypot(a, b)
        c, d = np.cos(size * h), np.sin(size * h)
        x, y = (a / size, b / size) if size > 0 else (1.0, 0.0)
        turn = np.asarray(
            [
                [c, d * x, d * y],
                [-d * x, 1 + (c - 1) * x * x, (c - 1) * x * y],
                [-d * y, (c - 1) * x * y, 1 + (c - 1) * y * y],
            ]
        )
        frames[n + 1] = turn @ frames[n]
    chord = (frames[1:, 0] + frames[:-1, 0]) / 2
    chord *= h / np.linalg.norm(chord, axis=1, keepdims=True)
    points = np.concatenate([np.zeros((1, 3)), np.cumsum(chord, axis=0)])
    points -= np.stack([np.interp(0.0, s, points[:, i]) for i in range(3)])
    return Centreline(s, points, frames[:, 0], frames[:, 1], frames[:, 2])
