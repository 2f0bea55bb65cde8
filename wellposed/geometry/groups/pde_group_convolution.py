"""PDE-based group convolution on positions and orientations: convection, diffusion, dilation, erosion."""

import math

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

ALPHA = 0.65  # of the morphological kernels, c d^(2 alpha / (2 alpha - 1)): towards 1/2 a flat ball, at 1 a paraboloid


class PDEGroupConvolution(eqx.Module):
    """One step of convection, diffusion, dilation and erosion on SE(2), then a mixing of channels [@smets2022].

    By operator splitting, u_t = -c u + G-Laplacian + |grad_G u|^(2 alpha) - |grad_G u|^(2 alpha): the convection moves
    values along a left-invariant vector; the others are convolutions, linear or in (max, +) and (min, +), with kernels
    k(d(h)), where d is the length of the logarithm of h in a left-invariant metric. All that is learned per channel
    are the vector, and the metrics of diffusion, dilation and erosion. There is no other nonlinearity.

    Args:
        channels: of the input.
        outputs: of the output.
        orientations: how many, a multiple of 4.
        reach: of the kernels, in pixels; they reach one orientation to each side.
        key: of the initial weights.

    Shapes:
        `(height, width, orientations, channels) -> (height, width, orientations, outputs)`, on a periodic grid.

    When it fails: turns that are no multiple of a quarter are followed up to the error of the grid.
    """

    vector: Float[Array, "channels 3"]
    metrics: Float[Array, "kinds channels 3"]
    mixing: Float[Array, "channels outputs"]
    bias: Float[Array, " outputs"]
    orientations: int = eqx.field(static=True)
    reach: int = eqx.field(static=True)

    def __init__(self, channels: int, outputs: int, *, orientations: int, reach: int = 2, key: Key[Array, ""]):
        if orientations % 4 or orientations < 4:
            raise ValueError(f"PDEGroupConvolution expects a multiple of 4 orientations, got {orientations}.")
        keys = jax.random.split(key, 3)
        self.vector = 0.3 * jax.random.normal(keys[0], (channels, 3))
        self.metrics = 0.3 * jax.random.normal(keys[1], (3, channels, 3))
        self.mixing = jax.random.normal(keys[2], (channels, outputs)) * channels**-0.5
        self.bias = jnp.zeros(outputs)
        self.orientations, self.reach = orientations, reach

    def __call__(self, u: Float[Array, "height width orientations channels"]) -> Array:
        """One function on positions and orientations."""
        u = convected(u, self.vector)
        lengths = jax.vmap(lambda metric: self.lengths(metric))(self.metrics)  # (kinds, steps, orientations, channels)
        diffusion = jax.nn.softmax(-(lengths[0] ** 2), axis=0)
        exponent = 2 * ALPHA / (2 * ALPHA - 1)
        rising, sinking = ((2 * ALPHA - 1) / (2 * ALPHA) ** exponent * length**exponent for length in lengths[1:])
        u = jnp.sum(self._near(u) * diffusion[:, None, None], axis=0)
        u = jnp.max(self._near(u) - rising[:, None, None], axis=0)
        u = jnp.min(self._near(u) + sinking[:, None, None], axis=0)
        return u @ self.mixing + self.bias[None, None, None]

    @property
    def steps(self) -> list[tuple[int, int, int]]:
        """The neighbours: steps along rows, columns and orientations."""
        near = range(-self.reach, self.reach + 1)
        return [(row, column, turn) for row in near for column in near for turn in (-1, 0, 1)]

    def lengths(self, metric: Float[Array, "channels 3"]) -> Float[Array, "steps orientations channels"]:
        """The length of the logarithm of each step, seen from each orientation: left-invariant coordinates."""
        steps = jnp.asarray(self.steps, metric.dtype)
        theta = _angles(self.orientations, metric.dtype)
        along, across = seen_from(theta, steps[:, 1], -steps[:, 0])  # rows go down
        turn = steps[:, 2] * 2 * math.pi / self.orientations
        half = turn[:, None] / 2
        factor = half / jnp.where(turn[:, None] == 0, 1, jnp.tan(half)) + (turn[:, None] == 0)
        first, second = factor * along + half * across, factor * across - half * along  # the logarithm of SE(2)
        weight = jnp.exp(metric)[None, None]
        third = jnp.broadcast_to(turn[:, None], first.shape)
        parts = jnp.stack([first, second, third], axis=-1)[:, :, None]
        return jnp.sqrt(jnp.sum((weight * parts) ** 2, axis=-1) + 1e-12)

    def _near(self, u: Array) -> Float[Array, "steps height width orientations channels"]:
        """The values at each step, on a grid that goes round."""
        reach, (height, width, orientations, _) = self.reach, u.shape
        around = jnp.pad(u, ((reach, reach), (reach, reach), (1, 1), (0, 0)), mode="wrap")
        corners = [(row + reach, column + reach, turn + 1) for row, column, turn in self.steps]
        return jnp.stack([around[r : r + height, c : c + width, o : o + orientations] for r, c, o in corners])


def convected(
    u: Float[Array, "height width orientations channels"], vector: Float[Array, "channels 3"]
) -> Float[Array, "height width orientations channels"]:
    """Each channel moved along its left-invariant vector: first turned, then shifted, by linear interpolation.

    Vectors have lengths up to one pixel and one orientation, by tanh.

    Example:
        >>> u = jnp.arange(3.0)[None, :, None, None] * jnp.ones((1, 3, 4, 1))
        >>> convected(u, jnp.zeros((1, 3)))[0, :, 0, 0].tolist()
        [0.0, 1.0, 2.0]
    """
    orientations = u.shape[2]
    forward, sideways, turn = jnp.tanh(vector).T
    theta = _angles(orientations, u.dtype)[:, None]
    right = forward[None] * jnp.cos(theta) - sideways[None] * jnp.sin(theta)
    up = forward[None] * jnp.sin(theta) + sideways[None] * jnp.cos(theta)
    u = _shifted(u, jnp.broadcast_to(turn[None], right.shape), 2)
    u = _shifted(u, right, 1)
    return _shifted(u, -up, 0)


def lifted(
    y: Float[Array, "height width"], orientations: int, wavelength: float = 4.0
) -> Float[Array, "height width orientations"]:
    """A picture lifted to positions and orientations by oriented wavelets, even ones (Gabor's), on a periodic grid."""
    rows, columns = (2 * math.pi * jnp.fft.fftfreq(n).astype(y.dtype) for n in y.shape)
    theta = _angles(orientations, y.dtype)[:, None, None]
    kx, ky = columns[None, None, :], -rows[None, :, None]
    centre = 2 * math.pi / wavelength
    along, across = jnp.cos(theta) * kx + jnp.sin(theta) * ky, -jnp.sin(theta) * kx + jnp.cos(theta) * ky
    bump = lambda sign: jnp.exp(-((across - sign * centre) ** 2 + (1.5 * along) ** 2) / (2 * (centre / 2) ** 2))
    filters = bump(1) + bump(-1)
    return jnp.moveaxis(jnp.fft.ifft2(jnp.fft.fft2(y)[None] * filters).real, 0, -1)


def seen_from(
    theta: Float[Array, " orientations"], right: Float[Array, " steps"], up: Float[Array, " steps"]
) -> tuple[Float[Array, "steps orientations"], Float[Array, "steps orientations"]]:
    """A step's parts along and across each orientation."""
    c, s = jnp.cos(theta)[None], jnp.sin(theta)[None]
    return c * right[:, None] + s * up[:, None], -s * right[:, None] + c * up[:, None]


def _angles(orientations: int, dtype: jnp.dtype) -> Float[Array, " orientations"]:
    return 2 * math.pi * jnp.arange(orientations).astype(dtype) / orientations


def _shifted(u: Array, by: Float[Array, "orientations channels"], axis: int) -> Array:
    """u(x - by) along an axis, |by| <= 1, linear between two neighbours."""
    ahead, behind = jnp.roll(u, 1, axis), jnp.roll(u, -1, axis)
    by = by[None, None]
    near = jnp.where(by > 0, ahead, behind)
    return u + jnp.abs(by) * (near - u)
