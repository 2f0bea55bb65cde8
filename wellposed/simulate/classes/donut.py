"""The donuts of deep learning as optimal control: one class around another."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Key

from .labelled import Labelled

RADIUS, SPREAD = 0.5, 0.1


def donut_1d(key: Key[Array, ""], n: int, noise: float = 0.1) -> Labelled:
    """A cluster between two of the other class: x = (+-r, 0) with r ~ N(0, 0.1^2) or N(0.5, 0.1^2) [@benning2019].

    Args:
        key: of the random numbers.
        n: how many points; every second one is of class 0, the inner one.
        noise: standard deviation of normal noise that is added to both coordinates.

    Returns:
        `Labelled(points, labels)`.

    Example:
        >>> points, labels = donut_1d(jax.random.key(0), 100)
        >>> bool(jnp.abs(points[labels == 0, 0]).mean() < jnp.abs(points[labels == 1, 0]).mean())
        True
    """
    for_radius, for_side, for_noise = jax.random.split(key, 3)
    labels, radii = _radii(for_radius, n)
    side = jax.random.rademacher(for_side, (n,), radii.dtype)
    points = jnp.stack([side * radii, jnp.zeros_like(radii)], 1)
    return Labelled(points + noise * jax.random.normal(for_noise, (n, 2)), labels)


def donut_2d(key: Key[Array, ""], n: int, noise: float = 0.1) -> Labelled:
    """A disc inside a ring: radii r ~ N(0, 0.1^2) or N(0.5, 0.1^2) at uniform angles [@benning2019].

    Args:
        key: of the random numbers.
        n: how many points; every second one is of class 0, the disc.
        noise: standard deviation of normal noise that is added to both coordinates.

    Returns:
        `Labelled(points, labels)`.

    Example:
        >>> points, labels = donut_2d(jax.random.key(0), 400)
        >>> r = jnp.linalg.norm(points, axis=1)
        >>> bool(r[labels == 0].mean() < 0.3 < r[labels == 1].mean())
        True
    """
    for_radius, for_angle, for_noise = jax.random.split(key, 3)
    labels, radii = _radii(for_radius, n)
    angle = jax.random.uniform(for_angle, (n,), maxval=2 * jnp.pi)
    points = radii[:, None] * jnp.stack([jnp.cos(angle), jnp.sin(angle)], 1)
    return Labelled(points + noise * jax.random.normal(for_noise, (n, 2)), labels)


def _radii(key: Key[Array, ""], n: int) -> tuple[Array, Array]:
    labels = jnp.arange(n) % 2
    return labels, RADIUS * labels + SPREAD * jax.random.normal(key, (n,))
