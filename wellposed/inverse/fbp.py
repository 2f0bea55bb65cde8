"""Filtered back-projection: the classical inverse of the Radon transform."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from wellposed.operators import Fan, Radon

WINDOWS = ("ramp", "shepp-logan", "cosine", "hann")


class FBP(eqx.Module):
    """Filtered back-projection [@kak2001]: each view is filtered by a windowed ramp, then smeared back along its lines.

    `f(x, y) = sum_i dangle q_i(x cos a_i + y sin a_i)`, with `q_i = y_i * h` and h the discrete kernel of
    [Ramachandran and Lakshminarayanan](https://doi.org/10.1073/pnas.68.9.2236) [@ramachandran1971]: h(0) = 1/4,
    h(odd n) = -1/(pi n)^2, else 0, over the spacing. (Sampling |frequency| instead loses the mean and about 10 dB.)
    In fan beam the views must span a full turn, the data is weighted by the ray's cosine before the filter, and by
    the inverse squared distance from the source after it.

    Args:
        radon: the operator to invert; its angles must be equispaced.
        window: `"ramp"` (none), `"shepp-logan"`, `"cosine"` or `"hann"`, each falling from 1 to its edge.
        cutoff: the window's edge as a fraction of the Nyquist frequency, in (0, 1].
        scale: what the operator was multiplied by: `FBP(radon, scale=c)` inverts `c * radon`.

    Shapes:
        `(views, detectors) -> (height, width)`.

    Raises:
        ValueError: for an unknown window, a cutoff outside (0, 1], or angles that are not equispaced.

    Example:
        >>> import jax.numpy as jnp
        >>> from wellposed.operators import Radon
        >>> A = Radon((32, 32), jnp.linspace(0, jnp.pi, 64, endpoint=False))
        >>> x = jnp.zeros((32, 32)).at[10:20, 12:24].set(1.0)
        >>> f = FBP(A)
        >>> bool(abs(f(A.mv(x))[14, 18] - 1) < 0.05)
        True
    """

    radon: Radon
    spread: Float[Array, ""]
    scale: Float[Array, ""]
    response: Float[Array, " frequencies"]

    def __init__(self, radon: Radon, window: str = "ramp", cutoff: float = 1.0, scale: float | Array = 1.0):
        if window not in WINDOWS:
            raise ValueError(f"FBP expects a window of {', '.join(WINDOWS)}, got {window!r}.")
        if not 0 < cutoff <= 1:
            raise ValueError(f"FBP expects a cutoff in (0, 1], got {cutoff}.")
        self.radon = radon
        self.spread = jnp.asarray(_spread(radon), radon.angles.dtype)
        self.scale = jnp.asarray(scale, radon.angles.dtype)
        self.response = jnp.asarray(
            _ramp(radon.detectors) * _window(window, cutoff, radon.detectors), radon.angles.dtype
        )

    def __call__(self, y: Float[Array, "views detectors"]) -> Float[Array, "height width"]:
        """The picture behind one sinogram."""
        if y.shape != self.radon.out_shape:
            raise ValueError(f"FBP expects a sinogram of shape {self.radon.out_shape}, got {y.shape}.")
        magnify, weight = _detector_at_centre(self.radon)
        spacing = self.radon.spacing / magnify
        filtered = _filter(y * weight, self.response) / spacing
        return _back_project(self.radon, filtered) * self.spread / self.scale


def _spread(radon: Radon) -> float:
    """The angle that one view stands for, in radians; checks that the views are equispaced.

    Views that span more than half a turn in parallel beam, or any turn in fan beam, see lines twice.
    """
    angles = np.asarray(radon.angles, float)
    if angles.size < 2:
        raise ValueError("FBP expects at least two views, got 1: use Tikhonov or TotalVariation for a single view.")
    steps = np.diff(angles)
    if np.ptp(steps) > 1e-3 * abs(steps.mean()):
        raise ValueError(
            f"FBP expects equispaced angles, got steps from {steps.min():.4g} to {steps.max():.4g} rad: "
            "use Tikhonov or TotalVariation, which take any angles."
        )
    step = abs(float(steps.mean()))
    span = step * angles.size
    if isinstance(radon.geometry, Fan) and span < 2 * np.pi * (1 - 1e-3):
        raise ValueError(
            f"FBP of a fan beam expects views over a full turn (2 pi), got {span:.4g} rad: "
            "use Tikhonov or TotalVariation, which take any angles."
        )
    return step * min(1.0, np.pi / span)


def _ramp(detectors: int) -> np.ndarray:
    size = _padded(detectors)
    n = np.fft.fftfreq(size, 1 / size)
    kernel = np.where(n % 2 == 1, -1 / (np.pi * np.where(n == 0, 1, n)) ** 2, 0.0)
    kernel[0] = 0.25
    return np.fft.rfft(kernel).real


def _padded(detectors: int) -> int:
    return 2 ** int(np.ceil(np.log2(2 * detectors)))


def _window(name: str, cutoff: float, detectors: int) -> np.ndarray:
    nu = np.linspace(0, 1, _padded(detectors) // 2 + 1) / cutoff
    shape = {
        "ramp": np.ones_like(nu),
        "shepp-logan": np.sinc(nu / 2),
        "cosine": np.cos(np.pi * nu / 2),
        "hann": 0.5 + 0.5 * np.cos(np.pi * nu),
    }[name]
    return np.where(nu <= 1, shape, 0.0)


def _detector_at_centre(radon: Radon) -> tuple[float, Array | float]:
    """Magnification onto the line through the rotation centre, and the weights of the data before the filter."""
    if not isinstance(radon.geometry, Fan):
        return 1.0, 1.0
    source, magnify = radon.geometry.source, 1 + radon.geometry.detector / radon.geometry.source
    u = (jnp.arange(radon.detectors) - (radon.detectors - 1) / 2) * radon.spacing / magnify
    return magnify, (source / jnp.sqrt(source**2 + u**2))[None, :]


def _filter(y: Array, response: Array) -> Array:
    size = 2 * (response.size - 1)
    return jnp.fft.irfft(jnp.fft.rfft(y, size, axis=-1) * response[None, :], size, axis=-1)[:, : y.shape[-1]]


def _back_project(radon: Radon, filtered: Array) -> Array:
    height, width = radon.shape
    y = (height - 1) / 2 - jnp.arange(height, dtype=filtered.dtype)[:, None]
    x = jnp.arange(width, dtype=filtered.dtype)[None, :] - (width - 1) / 2
    rows = jnp.pad(filtered, ((0, 0), (1, 2)))

    def view(total, one):
        row, angle = one
        seen = radon.geometry.seen_at(angle, x, y) / radon.spacing + (radon.detectors - 1) / 2
        at = jnp.clip(seen, -1, radon.detectors) + 1
        left = at.astype(jnp.int32)
        part = at - left
        value = row[left] * (1 - part) + row[left + 1] * part
        return total + value * _nearness(radon, angle, x, y), None

    total, _ = jax.lax.scan(view, jnp.zeros(radon.shape, filtered.dtype), (rows, radon.angles))
    return total


def _nearness(radon: Radon, angle: Array, x: Array, y: Array) -> Array | float:
    """The squared ratio of the source's distances to the centre and to the pixel, along the central ray."""
    if not isinstance(radon.geometry, Fan):
        return 1.0
    source = radon.geometry.source
    return (source / (source + y * jnp.cos(angle) - x * jnp.sin(angle))) ** 2
