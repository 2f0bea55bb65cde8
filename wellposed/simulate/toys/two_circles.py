"""Two circles, one in the other."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key


def two_circles(key: Key[Array, ""], n: int) -> Float[Array, "n 2"]:
    """Circles of radius 3 and 1.5, with normal noise of deviation 0.24 in both coordinates [@grathwohl2019].

    Args:
        key: of the random numbers.
        n: how many points.

    Example:
        >>> two_circles(jax.random.key(0), 5).shape
        (5, 2)
    """
    for_angle, for_noise = jax.random.split(key)
    angle = jax.random.uniform(for_angle, (n,), maxval=2 * jnp.pi)
    radius = jnp.where(jnp.arange(n) % 2 == 0, 3.0, 1.5)
    circle = radius[:, None] * jnp.stack([jnp.cos(angle), jnp.sin(angle)], axis=1)
    return circle + 0.24 * jax.random.normal(for_noise, (n, 2))
