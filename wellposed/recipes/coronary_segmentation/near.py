"""The voxels of a scan about its centreline."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Int

from wellposed.errors import InputError
from wellposed.geometry import TubeCoordinates, voxels_near

from .inputs import Rays
from .scan import Scan
from .settings import Settings


class Near(NamedTuple):
    """The voxels about a centreline, between its ends.

    Attributes:
        voxels: their indices.
        at: their coordinates about the tube.
        corner: the first corner of the box about them.
        shape: of this box.
    """

    voxels: Int[np.ndarray, "n 3"]
    at: TubeCoordinates
    corner: Int[np.ndarray, " 3"]
    shape: tuple[int, ...]

    @staticmethod
    def of(scan: Scan, rays: Rays, settings: Settings) -> "Near":
        """Within the reach of the rays."""
        x, y, z = scan.volume.shape
        voxels, at = voxels_near((x, y, z), scan.affine, rays.tube, settings.reach_mm)
        if not len(voxels):
            raise InputError(f"--reach-mm: expected more than a voxel's size, found {settings.reach_mm}: raise it")
        low = voxels.min(axis=0)
        return Near(voxels, at, low, tuple(int(n) for n in voxels.max(axis=0) - low + 1))

    def values(self, volume: np.ndarray) -> np.ndarray:
        """Of a volume at the voxels."""
        return volume[tuple(self.voxels.T)]

    def boxed(self, values: np.ndarray, elsewhere: float | bool) -> np.ndarray:
        """Values at the voxels as a volume over the box."""
        box = np.full(self.shape, elsewhere, values.dtype)
        box[tuple((self.voxels - self.corner).T)] = values
        return box
