"""What a tube's vertices see of a volume: values along rays from the curve, and where they cross a level."""

import numpy as np
from jaxtyping import Float

from .tube import Tube


def along_rays(
    volume: Float[np.ndarray, "x y z"],
    affine: Float[np.ndarray, "4 4"],
    tube: Tube,
    distances: Float[np.ndarray, " samples"],
) -> Float[np.ndarray, "rings around samples"]:
    """The volume at some distances from the curve, towards each vertex, by trilinear interpolation [@wolterink2019].

    Args:
        volume: values at voxels.
        affine: takes the indices of a voxel to the place of its centre, in the unit of the tube; flips, anisotropic
            spacing and oblique axes are all in it.
        tube: whose rays.
        distances: from the curve, in the unit of the tube.

    Returns:
        The values; beyond the border of the volume, those at the border.

    Example:
        >>> import numpy as np
        >>> from wellposed.geometry import Tube
        >>> volume = np.broadcast_to(np.arange(5.0)[:, None, None], (5, 5, 9))
        >>> curve = np.array([[2.0, 2.0, 0.0], [2.0, 2.0, 4.0], [2.0, 2.0, 8.0]])
        >>> rays = along_rays(volume, np.eye(4), Tube.through(curve, 1.0, 4), np.array([0.0, 1.0]))
        >>> rays.shape, float(rays[0, :, 0].max()), float(np.ptp(rays[..., 1]))
        ((9, 4, 2), 2.0, 2.0)
    """
    from scipy.ndimage import map_coordinates

    places = tube.line.points[:, None, None] + distances[:, None] * tube.directions[:, :, None]
    return map_coordinates(volume, np.moveaxis(indices(places, affine), -1, 0), order=1, mode="nearest")


def indices(places: Float[np.ndarray, "*shape 3"], affine: Float[np.ndarray, "4 4"]) -> Float[np.ndarray, "*shape 3"]:
    """The voxel indices of places, as real numbers: the inverse of the affine map."""
    inverse = np.linalg.inv(affine)
    return places @ inverse[:3, :3].T + inverse[:3, 3]


def first_crossing(
    level: Float[np.ndarray, "rings around samples"], distances: Float[np.ndarray, " samples"]
) -> Float[np.ndarray, "rings around"]:
    """The first distance at which a level that is negative inside becomes positive, by linear interpolation.

    Returns:
        0 where the curve itself is outside, the last distance where the ray never leaves.

    Example:
        >>> import numpy as np
        >>> distances = np.array([0.0, 1.0, 2.0, 3.0])
        >>> first_crossing(np.array([[[-2.0, -1.0, 1.0, -5.0]]]), distances).tolist()
        [[1.5]]
    """
    outside = level >= 0
    leaves = outside.any(axis=-1)
    k = np.where(leaves, outside.argmax(axis=-1), level.shape[-1] - 1)
    before = np.maximum(k - 1, 0)
    take = lambda index: np.take_along_axis(level, index[..., None], axis=-1)[..., 0]
    a, b = take(before), take(k)
    share = np.where(leaves & (b > a), -a / np.where(b > a, b - a, 1.0), 1.0)
    found = distances[before] + np.clip(share, 0, 1) * (distances[k] - distances[before])
    return np.where(outside[..., 0], distances[0], found)
