"""What a network sees of a scan: along each ray the image and its slope."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float

from wellposed.errors import InputError
from wellposed.geometry import Tube, along_rays, first_crossing

from .scan import Scan
from .settings import Settings

UNIT_HU = 400.0
CLIP_HU = (-200.0, 1200.0)
FINE = 8  # times as many places on the rays along which the true wall is looked for


class Rays(NamedTuple):
    """A tube in a scan, with what its vertices see.

    Attributes:
        tube: about the centreline, in mm.
        inputs: of the network, for each vertex.
        radius: of the true wall in mm, where it is known.
        diseased: of the rings, where it is known.
    """

    tube: Tube
    inputs: Float[np.ndarray, "vertices inputs"]
    radius: Float[np.ndarray, "rings around"] | None
    diseased: Bool[np.ndarray, " rings"] | None


def rays_of(scan: Scan, settings: Settings) -> Rays:
    """Sample the scan along the rays of a tube about its centreline.

    Raises:
        InputError: the centreline is shorter than one step.
    """
    try:
        tube = Tube.through(scan.points, settings.step_mm, settings.around)
    except ValueError as error:
        raise InputError(f"{scan.name}: expected a centreline for a tube, found another: {error}") from None
    distances = places(settings)
    seen = np.clip(along_rays(scan.volume, scan.affine, tube, distances), *CLIP_HU) / UNIT_HU
    slope = np.gradient(seen, distances, axis=-1)
    inputs = np.concatenate([seen, slope], axis=-1).reshape(tube.rings * tube.around, -1).astype(np.float32)
    return Rays(tube, inputs, _true_radius(scan, tube, settings), _diseased(scan, tube))


def places(settings: Settings) -> Float[np.ndarray, " samples"]:
    """On a ray, in mm from the centreline."""
    return np.linspace(0, settings.reach_mm, settings.samples)


def _true_radius(scan: Scan, tube: Tube, settings: Settings) -> np.ndarray | None:
    if scan.level is None:
        return None
    fine = np.linspace(0, settings.reach_mm, FINE * settings.samples)
    return first_crossing(along_rays(scan.level, scan.affine, tube, fine), fine)


def _diseased(scan: Scan, tube: Tube) -> np.ndarray | None:
    if scan.diseased is None:
        return None
    from scipy.spatial import KDTree

    return scan.diseased[KDTree(scan.points).query(tube.line.points)[1]]
