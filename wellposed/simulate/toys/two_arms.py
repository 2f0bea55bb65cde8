"""Two arms of a spiral."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key


def two_arms(key: Key[Array, ""], n: int) -> Float[Array, "n 2"]:
    """+-(u - t cos t, u' + t sin t) / 3, with normal noise of deviation 0.1 [@grathwohl2019].

    t = 3 pi sqrt(s) with s uniform in [0, 1]; u and u' are uniform in [0, 0.5].

    Args:
        key: of the random numbers.
        n: how many points.

    Example:
        >>> two_arms(jax.random.key(0), 5).shape
        (5, 2)
    """
    for_place, for_width, for_noise = jax.random.split(key, 3)
    t = 3 * jnp.pi * jnp.sqrt(jax.random.uniform(for_place, (n,)))
    width = jax.random.uniform(for_width, (n, 2), maxval=0.5)
    arm = t[:, None] * jnp.stack([-jnp.cos(t), jnp.sin(t)], axis=1) + width
    side = jnp.where(jnp.arange(n)[:, None] % 2 == 0, 1.0, -1.0)
    return side * arm / 3 + 0.1 * jax.random.normal(for_noise, (n, 2))
