"""Phantoms made of ellipses: Shepp and Logan's head with its exact sinogram, and random ones."""

import functools

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

# value, half axes, centre, angle in degrees: the table of Shepp and Logan with Toft's contrast
_HEAD = (
    (1.0, 0.69, 0.92, 0.0, 0.0, 0.0),
    (-0.8, 0.6624, 0.874, 0.0, -0.0184, 0.0),
    (-0.2, 0.11, 0.31, 0.22, 0.0, -18.0),
    (-0.2, 0.16, 0.41, -0.22, 0.0, 18.0),
    (0.1, 0.21, 0.25, 0.0, 0.35, 0.0),
    (0.1, 0.046, 0.046, 0.0, 0.1, 0.0),
    (0.1, 0.046, 0.046, 0.0, -0.1, 0.0),
    (0.1, 0.046, 0.023, -0.08, -0.605, 0.0),
    (0.1, 0.023, 0.023, 0.0, -0.606, 0.0),
    (0.1, 0.023, 0.046, 0.06, -0.605, 0.0),
)


@functools.partial(jax.jit, static_argnums=(0, 1))
def shepp_logan(size: int, oversampling: int = 4) -> Float[Array, "size size"]:
    """The head of [Shepp and Logan (1974)](https://doi.org/10.1109/TNS.1974.6499235), with modified contrast.

    Ten ellipses with the contrast of P. Toft's thesis (1996), so that the soft parts can be seen. The picture
    covers the square [-1, 1]^2 with x to the right and y upward (row 0 is the top), and each pixel is the
    mean of `oversampling`^2 points in it.

    Args:
        size: pixels along a side.
        oversampling: points along a side of a pixel.

    Returns:
        shape (size, size), float32 in [0, 1].

    Example:
        >>> shepp_logan(64).shape
        (64, 64)

    See also:
        `shepp_logan_sinogram`: its exact line integrals.
    """
    x, y = _points(size, oversampling)
    return jnp.clip(_pixel_means(_paint(_head(), x, y), size), 0.0, 1.0)


@jax.jit
def shepp_logan_sinogram(
    angles: Float[Array, " angles"], positions: Float[Array, " detectors"]
) -> Float[Array, "angles detectors"]:
    """The exact line integrals of the Shepp-Logan head: an oracle for projectors.

    The line at angle t and position s is {(x, y): x cos t + y sin t = s}, with x to the right and y upward,
    in the square [-1, 1]^2 of `shepp_logan`. An ellipse of value v and half axes a, b about (x0, y0), turned
    by p, adds

        2 v a b sqrt(r^2 - s'^2) / r^2,   r^2 = a^2 cos^2(t - p) + b^2 sin^2(t - p),
        s' = s - x0 cos t - y0 sin t

    where |s'| < r ([Kak and Slaney (1988)](https://doi.org/10.1137/1.9780898719277), chapter 3).

    Args:
        angles: in radians.
        positions: of the detectors, in half sides of the square: -1 and 1 are its edges at angle 0.

    Returns:
        shape (angles, detectors), in half sides of the square; times size / 2 it is in pixels.

    Example:
        >>> shepp_logan_sinogram(jnp.zeros(1), jnp.asarray([-0.9, 0.9]))  # beside the head
        Array([[0., 0.]], dtype=float32)
    """
    values, a, b, x0, y0, turn = (column[:, None, None] for column in _head().astype(angles.dtype).T)
    t, s = angles[None, :, None], positions[None, None, :]
    shifted = s - x0 * jnp.cos(t) - y0 * jnp.sin(t)  # (ellipses, angles, detectors)
    r2 = (a * jnp.cos(t - turn)) ** 2 + (b * jnp.sin(t - turn)) ** 2
    return jnp.sum(2.0 * values * a * b * jnp.sqrt(jnp.maximum(r2 - shifted**2, 0.0)) / r2, axis=0)


@functools.partial(jax.jit, static_argnums=(1, 2, 3, 4))
def ellipses(
    key: Key[Array, ""], n: int, size: int, inner: int = 10, oversampling: int = 3
) -> Float[Array, "n size size"]:
    """Random phantoms such as [Adler and Öktem (2017)](https://arxiv.org/abs/1704.04058) train on.

    The body is a random ellipse of value 1 about the middle. Each of `inner` ellipses is there with
    probability one half, adds a value in [-0.5, 0.5] and lies anywhere in the body's frame. Negative sums
    become 0, and each picture is divided by its largest value, so that it reaches 1 and its background is 0.

    Args:
        key: random key.
        n: how many pictures.
        size: pixels along a side.
        inner: the largest number of inner ellipses.
        oversampling: points along a side of a pixel, whose mean is the pixel.

    Returns:
        shape (n, size, size), float32 in [0, 1].

    Example:
        >>> ellipses(jax.random.key(0), 3, 32).shape
        (3, 32, 32)
    """
    x, y = _points(size, oversampling)

    def picture(table: Float[Array, "ellipses 6"]) -> Float[Array, "size size"]:
        painted = jnp.maximum(_pixel_means(_paint(table, x, y), size), 0.0)
        return painted / jnp.maximum(jnp.max(painted), 1e-3)

    return jax.lax.map(picture, _random_ellipses(key, n, inner), batch_size=min(n, 32))


def _head() -> Float[Array, "10 6"]:
    table = jnp.asarray(_HEAD)
    return table.at[:, 5].set(jnp.deg2rad(table[:, 5]))


def _random_ellipses(key: Key[Array, ""], n: int, inner: int) -> Float[Array, "n ellipses 6"]:
    """One table for each picture: the body, then the inner ellipses, of value 0 where they are not there."""
    key_body, key_inner = jax.random.split(key)
    axes = jax.random.uniform(key_body, (n, 1, 2), minval=0.6, maxval=0.9)
    body = jnp.concatenate([jnp.ones((n, 1, 1)), axes, jnp.zeros((n, 1, 3))], axis=2)
    draws = jax.random.uniform(key_inner, (n, inner, 7))
    there = draws[..., 6:] < 0.5
    low = jnp.asarray([[[-0.5, 0.05, 0.05, -0.6, -0.6, 0.0]]])
    high = jnp.asarray([[[0.5, 0.35, 0.35, 0.6, 0.6, jnp.pi]]])
    table = low + (high - low) * draws[..., :6]
    return jnp.concatenate([body, table.at[..., :1].multiply(there)], axis=1)


def _points(size: int, oversampling: int) -> tuple[Float[Array, " fine"], Float[Array, " fine"]]:
    """The x (rightward) and y (downward in the array, so falling) coordinates of the fine points."""
    fine = size * oversampling
    x = (2.0 * jnp.arange(fine) + 1.0) / fine - 1.0
    return x, -x


def _paint(
    table: Float[Array, "ellipses 6"], x: Float[Array, " fine"], y: Float[Array, " fine"]
) -> Float[Array, "fine fine"]:
    """The sum of the values of the ellipses that cover each point."""

    def add(picture: Float[Array, "fine fine"], row: Float[Array, "6"]):
        value, a, b, x0, y0, turn = row
        c, s = jnp.cos(turn), jnp.sin(turn)
        dx, dy = x[None, :] - x0, y[:, None] - y0
        inside = ((dx * c + dy * s) / a) ** 2 + ((dy * c - dx * s) / b) ** 2 <= 1.0
        return picture + jnp.where(inside, value, 0.0), None

    return jax.lax.scan(add, jnp.zeros((y.size, x.size)), table)[0]


def _pixel_means(fine: Float[Array, "fine fine"], size: int) -> Float[Array, "size size"]:
    step = fine.shape[0] // size
    return jnp.mean(fine.reshape(size, step, size, step), axis=(1, 3))
