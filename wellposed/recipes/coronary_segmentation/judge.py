"""What a segmentation is worth on one vessel: in all of it, where it is healthy, and where it is diseased."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float

from wellposed.geometry import inside_tube

from .inputs import Rays
from .near import Near
from .scan import Scan

PARTS = ("all", "healthy", "diseased")
MEASURES = {
    "dice": "Dice",
    "distance_mm": "mean surface distance (mm)",
    "hausdorff_mm": "Hausdorff distance (mm)",
    "radius_mm": "error of the radius (mm)",
}
FINER = 4  # times as many rings and vertices, for distances between surfaces


class Score(NamedTuple):
    """One segmentation of one vessel; NaN where a vessel has no such part."""

    dice: float
    distance_mm: float
    hausdorff_mm: float
    radius_mm: float


def judge(
    scan: Scan, rays: Rays, near: Near, radius: Float[np.ndarray, "rings around"], region: np.ndarray | None = None
) -> dict[str, Score]:
    """The scores of a wall in each part of the vessel.

    Args:
        scan: with its lumen.
        rays: with the true radius.
        near: voxels of the scan about the tube.
        radius: of the wall, in mm.
        region: which of the voxels are segmented, if not those within the wall.
    """
    if scan.lumen is None or rays.radius is None:
        raise ValueError("judge expects a scan with its lumen, got one without.")
    region = inside_tube(rays.tube, radius, near.at) if region is None else region
    lumen, ring = near.values(scan.lumen), near.at.ring(rays.tube)
    (true, of_true), (found, of_found) = (_surface(rays, each) for each in (rays.radius, radius))
    to_found, to_true = nearest(true, found), nearest(found, true)
    off = np.abs(radius - rays.radius).mean(axis=1)
    scores = {}
    for part in PARTS:
        rings = _rings(rays, part)
        if not rings.any():
            scores[part] = Score(*[float("nan")] * 4)
            continue
        a, b = to_found[rings[of_true]], to_true[rings[of_found]]
        overlap = dice(lumen[rings[ring]], region[rings[ring]])
        scores[part] = Score(
            overlap, float((a.mean() + b.mean()) / 2), float(max(a.max(), b.max())), float(off[rings].mean())
        )
    return scores


def dice(true: Bool[np.ndarray, " n"], found: Bool[np.ndarray, " n"]) -> float:
    """Twice what two sets of voxels share over the sum of both; 1 for two empty ones.

    Example:
        >>> dice(np.array([True, True, False]), np.array([True, False, False]))
        0.6666666666666666
    """
    total = int(true.sum()) + int(found.sum())
    return 2 * int((true & found).sum()) / total if total else 1.0


def nearest(points: Float[np.ndarray, "n 3"], others: Float[np.ndarray, "k 3"]) -> Float[np.ndarray, " n"]:
    """The distance of each point from the nearest of others."""
    from scipy.spatial import KDTree

    return KDTree(others).query(points)[0]


def _surface(rays: Rays, radius: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Many points of a wall, and the ring of the tube that each is nearest to."""
    tube, fine = rays.tube.finer(radius, FINER)
    row = np.round(np.linspace(0, rays.tube.rings - 1, tube.rings)).astype(int)
    return tube.positions(fine), np.repeat(row, tube.around)


def _rings(rays: Rays, part: str) -> np.ndarray:
    every = np.ones(rays.tube.rings, bool)
    if part == "all":
        return every
    diseased = ~every if rays.diseased is None else rays.diseased
    return diseased if part == "diseased" else ~diseased & (rays.diseased is not None)
