"""The black fields of a checkerboard."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key


def checkerboard(key: Key[Array, ""], n: int) -> Float[Array, "n 2"]:
    """Uniform points on the eight black fields of a board of four by four, in [-4, 4]^2 [@grathwohl2019].

    Args:
        key: of the random numbers.
        n: how many points.

    Example:
        >>> checkerboard(jax.random.key(0), 5).shape
        (5, 2)
    """
    for_x, for_y, for_field = jax.random.split(key, 3)
    x = jax.random.uniform(for_x, (n,), minval=-2.0, maxval=2.0)
    y = jax.random.uniform(for_y, (n,)) - 2 * jax.random.randint(for_field, (n,), 0, 2)
    return 2 * jnp.stack([x, y + jnp.floor(x) % 2], axis=1)
