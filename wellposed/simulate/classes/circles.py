"""A disc inside a ring, parted by a gap."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Key

from .labelled import Labelled


def circles(key: Key[Array, ""], n: int) -> Labelled:
    """Uniform points of a disc of radius 0.5 (class 0) and of the ring from 0.7 to 1 (class 1) [@haber2018].

    No flow of the plane parts them by a line, since it is a homeomorphism: it takes a third dimension.

    Args:
        key: of the random numbers.
        n: how many points; every second one is of class 0.

    Returns:
        `Labelled(points, labels)`.

    Example:
        >>> points, labels = circles(jax.random.key(0), 50)
        >>> bool(((jnp.linalg.norm(points, axis=1) > 0.6) == labels).all())
        True
    """
    for_area, for_angle = jax.random.split(key)
    labels = jnp.arange(n) % 2
    inner, outer = jnp.where(labels == 1, 0.7, 0.0), jnp.where(labels == 1, 1.0, 0.5)
    radius = jnp.sqrt(inner**2 + (outer**2 - inner**2) * jax.random.uniform(for_area, (n,)))  # uniform in area
    angle = jax.random.uniform(for_angle, (n,), maxval=2 * jnp.pi)
    return Labelled(radius[:, None] * jnp.stack([jnp.cos(angle), jnp.sin(angle)], 1), labels)
