"""From stored values to [0, 1], and from any shape to a square."""

from collections.abc import Sequence

import numpy as np


def value_range(images: Sequence[np.ndarray], full_scale: float | None = None) -> tuple[float, float]:
    """The values that become black and white.

    - Where the format fixes white (8-bit pictures), 0 and that value.
    - Where all values lie in [0, 1] already and the largest exceeds one half, 0 and 1.
    - Otherwise the 0.1st and the 99.9th percentile of all pixels of `images` together, so that a hot pixel or
      a metal implant does not turn the rest black; where these coincide, the smallest and the largest value.

    Example:
        >>> value_range([np.asarray([[0.0, 0.25], [0.75, 0.5]])])
        (0.0, 1.0)
    """
    if full_scale is not None:
        return 0.0, full_scale
    pixels = np.concatenate([np.ravel(image) for image in images])
    low, high = float(pixels.min()), float(pixels.max())
    if low >= 0.0 and 0.5 < high <= 1.0:
        return 0.0, 1.0
    robust_low, robust_high = (float(v) for v in np.percentile(pixels, (0.1, 99.9)))
    return (robust_low, robust_high) if robust_high > robust_low else (low, high)


def to_unit(image: np.ndarray, low: float, high: float) -> np.ndarray:
    """Map [low, high] to [0, 1] and clip what lies outside."""
    return np.clip((np.asarray(image, np.float32) - low) / (high - low), 0.0, 1.0).astype(np.float32)


def fit_square(image: np.ndarray, size: int, spacing: tuple[float, float] = (1.0, 1.0)) -> np.ndarray:
    """Resize a picture so that its longer physical side has `size` pixels, and pad it with 0 to a square.

    The pixels become square even where `spacing` (height, width of a pixel) says that they were not. The
    filter is a triangle as wide as the step (Pillow's anti-aliased bilinear), so nothing overshoots [0, 1].

    Args:
        image: shape (height, width), float32.
        size: side of the result in pixels.
        spacing: height and width of a pixel.

    Returns:
        shape (size, size), float32.

    Example:
        >>> fit_square(np.ones((4, 2), np.float32), 4)[0]
        array([0., 1., 1., 0.], dtype=float32)
    """
    from PIL import Image

    extent = (image.shape[0] * spacing[0], image.shape[1] * spacing[1])
    height, width = (max(1, round(size * side / max(extent))) for side in extent)
    if (height, width) != image.shape:
        picture = Image.fromarray(np.ascontiguousarray(image, np.float32))
        image = np.asarray(picture.resize((width, height), Image.Resampling.BILINEAR))
    top, left = (size - height) // 2, (size - width) // 2
    return np.pad(image, ((top, size - height - top), (left, size - width - left)))
