"""Synthetic vessels in synthetic volumes."""

import numpy as np

from wellposed.simulate.artery import SINGLE, Angiography, Scanners, Vessel, angiography, draw_vessel

from .scan import Scan
from .settings import Settings

SPLITS = ("train", "validation", "test")
NARROWED = SINGLE._replace(severity=(0.2, 0.55), outlet_extension=SINGLE.inlet_extension)
SPACING_CM = (0.035, 0.05)
KNOTS_MM = 4.0  # between the places where a centreline is moved at random
CENTRED = 0.4  # of the local radius, by which a centreline misses the middle at most


def synthetic(settings: Settings, split: str, k: int) -> Scan:
    """Vessel number k of a split."""
    rng = np.random.default_rng([settings.seed, SPLITS.index(split), k])
    vessel = draw_vessel(rng, NARROWED)
    made = angiography(vessel, rng, Scanners().draw(rng, rng.uniform(*SPACING_CM)))
    return scan_of(made, f"{split} {k}", _moved(made, vessel, settings.off_centre_mm, rng))


def scan_of(made: Angiography, name: str, points: np.ndarray) -> Scan:
    """In mm, about other points of the centreline."""
    affine = np.diag([10 * made.spacing] * 3 + [1.0])
    affine[:3, 3] = 10 * made.origin
    level, volume = (np.asarray(x, np.float32) for x in (10 * made.outside, made.volume))
    return Scan(name, volume, affine, points, made.lumen, level, made.diseased)


def _moved(made: Angiography, vessel: Vessel, size: float, rng: np.random.Generator) -> np.ndarray:
    """The centreline in mm, off the middle by smooth random steps that stay well within the lumen."""
    from scipy.interpolate import CubicSpline

    line = made.line
    knots = np.linspace(0, line.s[-1], max(3, int(10 * line.s[-1] / KNOTS_MM)))
    across = CubicSpline(knots, size * rng.normal(size=(len(knots), 2)))(line.s)
    most = CENTRED * 10 * vessel.lumen_radius(line.s, made.angles).min(axis=1)
    far = np.linalg.norm(across, axis=1)
    across *= np.minimum(1.0, most / np.maximum(far, 1e-12))[:, None]
    return 10 * line.points + across[:, :1] * line.first + across[:, 1:] * line.second
