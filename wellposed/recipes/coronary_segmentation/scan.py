"""A volume with a centreline and, where it is known, the lumen; lengths in mm."""

import dataclasses
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float


@dataclass(frozen=True)
class Scan:
    """One vessel in one volume.

    Attributes:
        name: of the volume.
        volume: attenuation in HU.
        affine: takes the indices of a voxel to the place of its centre, in mm.
        points: of the centreline, in mm.
        lumen: which voxels have their centre in the lumen.
        level: distance from the lumen in mm, negative inside, whose zero is the wall.
        diseased: of the points.
    """

    name: str
    volume: Float[np.ndarray, "x y z"]
    affine: Float[np.ndarray, "4 4"]
    points: Float[np.ndarray, "n 3"]
    lumen: Bool[np.ndarray, "x y z"] | None = None
    level: Float[np.ndarray, "x y z"] | None = None
    diseased: Bool[np.ndarray, " n"] | None = None

    @property
    def spacing(self) -> Float[np.ndarray, " 3"]:
        """Of the voxels, in mm."""
        return np.linalg.norm(self.affine[:3, :3], axis=0)

    def cropped(self, margin: float) -> "Scan":
        """The part of the volume that is nearer than a margin in mm to the box about the centreline."""
        inverse = np.linalg.inv(self.affine)
        at = self.points @ inverse[:3, :3].T + inverse[:3, 3]
        room = margin * np.linalg.norm(inverse[:3, :3], axis=1)
        low = np.maximum(np.floor(at.min(axis=0) - room).astype(int), 0)
        high = np.ceil(at.max(axis=0) + room).astype(int) + 1
        box = tuple(slice(a, b) for a, b in zip(low, high, strict=True))
        affine = self.affine.copy()
        affine[:3, 3] += affine[:3, :3] @ low
        part = lambda volume: None if volume is None else volume[box].copy()
        return dataclasses.replace(
            self, volume=self.volume[box].copy(), affine=affine, lumen=part(self.lumen), level=part(self.level)
        )


def level_of(lumen: Bool[np.ndarray, "x y z"], spacing: Float[np.ndarray, " 3"]) -> Float[np.ndarray, "x y z"]:
    """Distance from the border of a mask in mm, negative inside: zero half way between voxels in and out."""
    from scipy.ndimage import distance_transform_edt

    far = lambda mask: np.asarray(distance_transform_edt(mask, sampling=spacing), np.float32)
    return far(~lumen) - far(lumen)
