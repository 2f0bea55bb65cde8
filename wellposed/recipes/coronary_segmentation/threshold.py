"""The baseline: voxels within a window of attenuation that hang together with the centreline."""

import itertools
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float

from wellposed.geometry import along_rays, first_crossing

from .inputs import Rays
from .judge import dice
from .near import Near
from .scan import Scan
from .settings import Settings

HU, SHARE = "threshold (HU)", "threshold (share)"
LOWS = {HU: tuple(float(low) for low in range(100, 326, 25)), SHARE: (0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7)}
HIGHS = {HU: (500.0, 600.0, 700.0, np.inf), SHARE: (1.2, 1.35, 1.5, 1.75, np.inf)}
_FAINT = -1.0  # of voxels that are within the window but do not hang together with the centreline


class Window(NamedTuple):
    """What counts as lumen: attenuation between two bounds, in HU or as shares of that on the centreline."""

    kind: str
    low: float
    high: float

    def bounds(self, scan: Scan, rays: Rays) -> tuple[float, float]:
        """In HU."""
        if self.kind == HU:
            return self.low, self.high
        middle = along_rays(scan.volume, scan.affine, rays.tube, np.zeros(1))
        contrast = float(np.median(middle))
        return self.low * contrast, self.high * contrast


def connected(scan: Scan, rays: Rays, near: Near, window: Window) -> Bool[np.ndarray, " n"]:
    """Which of the voxels are in the window and hang together with one on the centreline, by faces."""
    from scipy.ndimage import label

    low, high = window.bounds(scan, rays)
    values = near.values(scan.volume)
    found = (values > low) & (values < high)
    labels = np.asarray(label(near.boxed(found, False))[0])[tuple((near.voxels - near.corner).T)]  # pyright: ignore
    seeds = np.unique(labels[found & (near.at.distance < scan.spacing.max())])
    return found & np.isin(labels, seeds)


def threshold_radius(
    scan: Scan, rays: Rays, near: Near, window: Window, settings: Settings
) -> Float[np.ndarray, "rings around"]:
    """Where rays first leave the region, in mm: between voxels where the attenuation passes the bound."""
    low, high = window.bounds(scan, rays)
    values = near.values(scan.volume).astype(np.float64)
    depth = np.minimum(values - low, high - values)
    chosen = connected(scan, rays, near, window)
    box = near.boxed(np.where(chosen, depth, np.minimum(depth, _FAINT)), _FAINT)
    affine = scan.affine.copy()
    affine[:3, 3] += scan.affine[:3, :3] @ near.corner
    fine = np.linspace(0, settings.reach_mm, 8 * settings.samples)
    return first_crossing(-along_rays(box, affine, rays.tube, fine), fine)


def best_window(kind: str, scans: Sequence[tuple[Scan, Rays, Near]]) -> Window:
    """The window with the largest mean Dice coefficient on some scans."""
    windows = [Window(kind, *pair) for pair in itertools.product(LOWS[kind], HIGHS[kind])]
    means = []
    for window in windows:
        found = (dice(near.values(scan.lumen), connected(scan, rays, near, window)) for scan, rays, near in scans)  # pyright: ignore
        means.append(np.mean(list(found)))
    return windows[int(np.argmax(means))]
