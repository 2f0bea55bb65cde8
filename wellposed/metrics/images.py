"""How far one picture is from its reference: PSNR, SSIM and the relative error; batches by `jax.vmap`."""

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Inexact

_SIGMA, _RADIUS = 1.5, 5  # Wang et al.: an 11 x 11 Gaussian window; 5 = 3.5 standard deviations
_K1, _K2 = 0.01, 0.03

Picture = Float[Array | np.ndarray, "height width"]
Scalar = Float[Array, ""]


def psnr(x: Picture, reference: Picture, peak: float | Scalar = 1.0) -> Scalar:
    """Peak signal-to-noise ratio `10 log10(peak^2 / mean((x - reference)^2))`.

    The peak is explicit, because published figures differ by several decibels on the same pictures between a
    fixed peak and the range `max - min` of each reference (J. Imaging 7:44, https://doi.org/10.3390/jimaging7030044).

    Args:
        x: the picture to judge, shape `(height, width)`.
        reference: the truth, same shape and unit.
        peak: the largest value that a picture can take, in the unit of the pictures.

    Returns:
        A scalar in dB; infinite where the pictures are equal.

    Example:
        >>> import jax.numpy as jnp
        >>> round(float(psnr(jnp.full((8, 8), 0.1), jnp.zeros((8, 8)))), 4)
        20.0
    """
    error = jnp.mean((_same_shape("psnr", x, reference)) ** 2)
    return 10 * jnp.log10(peak**2 / error)


def ssim(x: Picture, reference: Picture, peak: float | Scalar = 1.0) -> Scalar:
    """Structural similarity (Wang et al., https://doi.org/10.1109/TIP.2003.819861).

    `SSIM = mean[(2 mu_x mu_r + C1)(2 cov + C2) / ((mu_x^2 + mu_r^2 + C1)(var_x + var_r + C2))]` with
    `C1 = (0.01 peak)^2`, `C2 = (0.03 peak)^2` and local moments under an 11 x 11 Gaussian window of standard
    deviation 1.5 pixels, averaged where the whole window lies inside the picture. Equal to scikit-image's
    `structural_similarity(gaussian_weights=True, sigma=1.5, use_sample_covariance=False, data_range=peak)`.

    Args:
        x: the picture to judge, shape `(height, width)`, at least 11 x 11.
        reference: the truth, same shape and unit.
        peak: the range of values that a picture can take, in the unit of the pictures.

    Returns:
        A scalar in [-1, 1] without unit; 1 where the pictures are equal.

    Raises:
        ValueError: where the shapes differ, or a side is shorter than the window.

    Example:
        >>> import jax
        >>> picture = jax.random.uniform(jax.random.key(0), (16, 16))
        >>> round(float(ssim(picture, picture)), 6)
        1.0
    """
    _same_shape("ssim", x, reference)
    if min(x.shape) <= 2 * _RADIUS:
        raise ValueError(
            f"ssim expects pictures of at least {2 * _RADIUS + 1} x {2 * _RADIUS + 1} pixels, "
            f"got {x.shape}: enlarge them, or use psnr."
        )
    x, reference = jnp.asarray(x), jnp.asarray(reference)
    products = jnp.stack([x, reference, x * x, reference * reference, x * reference])
    mean_x, mean_r, square_x, square_r, cross = _window_mean(products)  # each (height - 10, width - 10)
    c1, c2 = (_K1 * peak) ** 2, (_K2 * peak) ** 2
    covariance = cross - mean_x * mean_r
    variances = (square_x - mean_x**2) + (square_r - mean_r**2)
    numerator = (2 * mean_x * mean_r + c1) * (2 * covariance + c2)
    return jnp.mean(numerator / ((mean_x**2 + mean_r**2 + c1) * (variances + c2)))


def relative_error(
    x: Inexact[Array | np.ndarray, "*shape"], reference: Inexact[Array | np.ndarray, "*shape"]
) -> Scalar:
    """Relative error `|x - reference| / |reference|` in the Euclidean norm.

    Args:
        x: the array to judge, of any shape, real or complex.
        reference: the truth, same shape and unit.

    Returns:
        A scalar without unit; infinite or NaN where the reference is zero.

    Example:
        >>> import jax.numpy as jnp
        >>> round(float(relative_error(jnp.array([3.0, 4.5]), jnp.array([3.0, 4.0]))), 4)
        0.1
    """
    return jnp.linalg.norm(_same_shape("relative_error", x, reference).ravel()) / jnp.linalg.norm(reference.ravel())


def _same_shape(name: str, x: Array | np.ndarray, reference: Array | np.ndarray) -> Array:
    """The difference of two arrays that must have one shape: broadcasting here would hide a mistake."""
    if x.shape != reference.shape:
        raise ValueError(
            f"{name} expects two arrays of one shape, got {x.shape} and {reference.shape}: use jax.vmap for batches."
        )
    return jnp.asarray(x) - jnp.asarray(reference)


def _window_mean(pictures: Float[Array, "n height width"]) -> Float[Array, "n h w"]:
    """Gaussian local means, one axis after the other, where the window lies inside the picture."""
    weights = np.exp(-0.5 * (np.arange(-_RADIUS, _RADIUS + 1) / _SIGMA) ** 2)
    weights = (weights / weights.sum()).tolist()
    for axis in (1, 2):
        length = pictures.shape[axis] - 2 * _RADIUS
        windows = [jax.lax.slice_in_dim(pictures, i, i + length, axis=axis) for i in range(len(weights))]
        pictures = jnp.asarray(sum(w * window for w, window in zip(weights, windows, strict=True)))
    return pictures
