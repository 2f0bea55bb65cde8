"""Synthetic CT angiography of an artery: contrast in its lumen, its wall, calcifications, fat and muscle around."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float

from .vessel import Centreline, Vessel, centreline


class Scanner(NamedTuple):
    """How a volume is made; attenuations in Hounsfield units (HU), lengths in cm.

    Attributes:
        spacing: of the voxels.
        margin: between the vessel and the border of the volume.
        blur: standard deviation of the point spread function.
        noise: standard deviation of the noise, which is as smooth as the point spread function.
        contrast: of the lumen, drawn uniformly.
        wall: attenuation and thickness of the wall.
        fat: around the vessel.
        muscle: of the myocardium, on one side of the vessel.
        calcium: of calcifications, drawn uniformly.
        calcifications: their largest number.
        calcified: half the length of a calcification, drawn uniformly.
    """

    spacing: float = 0.04
    margin: float = 0.5
    blur: float = 0.03
    noise: float = 25.0
    contrast: tuple[float, float] = (320.0, 480.0)
    wall: tuple[float, float] = (70.0, 0.06)
    fat: float = -80.0
    muscle: float = 110.0
    calcium: tuple[float, float] = (700.0, 1300.0)
    calcifications: int = 4
    calcified: tuple[float, float] = (0.05, 0.2)


SCANNER = Scanner()
SEVERE = 0.25  # a stenosis that takes less of the radius is no disease


class Scanners(NamedTuple):
    """What a `Scanner` is drawn from, uniformly; units as there."""

    blur: tuple[float, float] = (0.025, 0.05)
    noise: tuple[float, float] = (15.0, 45.0)
    contrast: tuple[float, float] = (260.0, 520.0)
    calcifications: tuple[int, int] = (0, 6)
    calcified: tuple[float, float] = (0.05, 0.3)

    def draw(self, rng: np.random.Generator, spacing: float = SCANNER.spacing) -> Scanner:
        """One scanner, with one attenuation of the lumen.

        Example:
            >>> 15 <= Scanners().draw(np.random.default_rng(0)).noise <= 45
            True
        """
        contrast = rng.uniform(*self.contrast)
        return SCANNER._replace(
            spacing=spacing,
            blur=rng.uniform(*self.blur),
            noise=rng.uniform(*self.noise),
            contrast=(contrast, contrast),
            calcifications=int(rng.integers(*self.calcifications, endpoint=True)),
            calcified=self.calcified,
        )


class Angiography(NamedTuple):
    """A volume and what is true about it.

    Attributes:
        volume: in HU; voxel (i, j, k) has its centre at `origin + spacing * (i, j, k)`.
        origin: in cm.
        spacing: in cm.
        lumen: which voxels have their centre in the lumen.
        outside: distance of voxels from the lumen, negative inside, in cm; exact for a straight tube.
        line: the centreline without extensions.
        angles: about the centreline, from its first normal.
        radius: of the lumen at each position of `line` and each angle, in cm.
        diseased: which positions of `line` have a calcification in their wall, or a stenosis of at least a quarter of
            the radius.
    """

    volume: Float[np.ndarray, "x y z"]
    origin: Float[np.ndarray, "3"]
    spacing: float
    lumen: Bool[np.ndarray, "x y z"]
    outside: Float[np.ndarray, "x y z"]
    line: Centreline
    angles: Float[np.ndarray, " m"]
    radius: Float[np.ndarray, "n m"]
    diseased: Bool[np.ndarray, " n"]


class _Crust(NamedTuple):
    """A calcification of the wall."""

    s: float
    angle: float
    half: float  # of its length, in cm
    wide: float  # half the angle that it covers
    thick: float  # as a share of the wall
    attenuation: float


class _Tube(NamedTuple):
    """Where voxels lie with respect to the vessel."""

    s: np.ndarray
    angle: np.ndarray
    outside: np.ndarray  # distance from the lumen, negative inside


def angiography(vessel: Vessel, rng: np.random.Generator, scanner: Scanner = SCANNER, around: int = 24) -> Angiography:
    """Make a volume like those that [@wolterink2019] segment, without the heart's other parts.

    Args:
        vessel: its shape; the extensions are scanned, too.
        rng: the source of contrast, calcifications and noise.
        scanner: how the volume is made.
        around: angles of `radius`.

    Example:
        >>> scan = angiography(Vessel(0.15, 1.0), np.random.default_rng(0))
        >>> bool(scan.volume[scan.lumen].mean() > 250)
        True
    """
    from scipy.ndimage import gaussian_filter

    fine = centreline(vessel)
    low = fine.points.min(axis=0) - scanner.margin
    shape = np.ceil((fine.points.max(axis=0) + scanner.margin - low) / scanner.spacing).astype(int) + 1
    places = low + scanner.spacing * np.stack(np.meshgrid(*map(np.arange, shape), indexing="ij"), axis=-1)
    tube = _tube(vessel, fine, places.reshape(-1, 3))
    volume = _tissue(tube, places.reshape(-1, 3), rng, scanner)
    crusts = _crusts(vessel, rng, scanner)
    for crust in crusts:
        volume = np.where(_within(crust, tube, scanner), crust.attenuation, volume)
    volume = volume.reshape(tuple(shape))
    sigma = scanner.blur / scanner.spacing
    noise = gaussian_filter(rng.normal(size=tuple(shape)), sigma)
    volume = gaussian_filter(volume, sigma) + scanner.noise * noise / noise.std()
    s = np.arange(0.0, vessel.length, scanner.spacing)
    angles = 2 * np.pi * np.arange(around) / around
    outside = tube.outside.reshape(tuple(shape))
    radius = vessel.lumen_radius(s, angles)
    diseased = _diseased(s, vessel, crusts)
    return Angiography(volume, low, scanner.spacing, outside < 0, outside, fine.at(s), angles, radius, diseased)


def _tube(vessel: Vessel, fine: Centreline, places: np.ndarray) -> _Tube:
    """From the nearest point of the centreline."""
    from scipy.spatial import KDTree

    _, near = KDTree(fine.points).query(places)
    away = places - fine.points[near]
    x, y = ((away * axis[near]).sum(axis=1) for axis in (fine.first, fine.second))
    angle = np.arctan2(y, x)
    s = fine.s[near]
    radius = vessel.tapered(s)
    for one in vessel.stenoses:
        radius = radius * one.remains(s, angle)
    end = (near == 0) | (near == fine.s.size - 1)  # beyond these the distance along the vessel counts, too
    beyond = np.where(end, np.abs((away * fine.tangent[near]).sum(axis=1)), -np.inf)
    return _Tube(s, angle, np.maximum(np.hypot(x, y) - radius, beyond))


def _tissue(tube: _Tube, places: np.ndarray, rng: np.random.Generator, scanner: Scanner) -> np.ndarray:
    """Lumen, wall, fat and muscle, with voxels at an edge in between."""
    share = lambda distance: np.clip(0.5 - distance / scanner.spacing, 0.0, 1.0)
    side = rng.normal(size=3)
    side /= np.linalg.norm(side)
    beside = (places - places.mean(axis=0)) @ side - rng.uniform(0.1, 0.4)
    found = scanner.fat + (scanner.muscle - scanner.fat) * share(-beside)
    attenuation, thickness = scanner.wall
    found += (attenuation - found) * share(tube.outside - thickness)
    return found + (rng.uniform(*scanner.contrast) - found) * share(tube.outside)


def _crusts(vessel: Vessel, rng: np.random.Generator, scanner: Scanner) -> list[_Crust]:
    """Calcifications, the first ones at the stenoses."""
    throats = [(one.position, one.direction) for one in vessel.stenoses]
    crusts = []
    for k in range(rng.integers(0, scanner.calcifications, endpoint=True)):
        s, angle = throats[k] if k < len(throats) else (rng.uniform(0, vessel.length), rng.uniform(0, 2 * np.pi))
        half, wide, thick = rng.uniform(*scanner.calcified), rng.uniform(0.3, 1.0), rng.uniform(0.5, 1.0)
        crusts.append(_Crust(s, angle, half, wide, thick, rng.uniform(*scanner.calcium)))
    return crusts


def _within(crust: _Crust, tube: _Tube, scanner: Scanner) -> np.ndarray:
    """An ellipsoid in the coordinates of the wall."""
    turn = (tube.angle - crust.angle + np.pi) % (2 * np.pi) - np.pi
    middle = scanner.wall[1] / 2
    square = ((tube.s - crust.s) / crust.half) ** 2 + (turn / crust.wide) ** 2
    depth = crust.thick * middle * np.sqrt(np.maximum(1 - square, 0))
    return (square < 1) & (np.abs(tube.outside - middle) < depth)


def _diseased(s: np.ndarray, vessel: Vessel, crusts: list[_Crust]) -> np.ndarray:
    found = np.zeros(s.shape, bool)
    for one in vessel.stenoses:
        found |= (np.abs(s - one.position) < one.half) & (one.severity >= SEVERE)
    for crust in crusts:
        found |= np.abs(s - crust.s) < crust.half
    return found
