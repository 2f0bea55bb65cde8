"""A spiral of one arm."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key


def swissroll(key: Key[Array, ""], n: int) -> Float[Array, "n 2"]:
    """t (cos t, sin t) + N(0, I), divided by 5, with t = 3 pi / 2 (1 + 2 s) and s uniform in [0, 1] [@grathwohl2019].

    Args:
        key: of the random numbers.
        n: how many points.

    Example:
        >>> swissroll(jax.random.key(0), 5).shape
        (5, 2)
    """
    for_place, for_noise = jax.random.split(key)
    t = 1.5 * jnp.pi * (1 + 2 * jax.random.uniform(for_place, (n,)))
    curve = t[:, None] * jnp.stack([jnp.cos(t), jnp.sin(t)], axis=1)
    return (curve + jax.random.normal(for_noise, (n, 2))) / 5
