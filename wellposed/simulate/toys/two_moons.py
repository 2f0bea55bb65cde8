"""Two half circles that reach into each other."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key


def two_moons(key: Key[Array, ""], n: int) -> Float[Array, "n 2"]:
    """2 (cos a, sin a) and 2 (1 - cos a, 0.5 - sin a) for uniform a in [0, pi] [@grathwohl2019].

    Normal noise of deviation 0.2 is added, and all is moved by (-1, -0.2).

    Args:
        key: of the random numbers.
        n: how many points.

    Example:
        >>> two_moons(jax.random.key(0), 5).shape
        (5, 2)
    """
    for_angle, for_noise = jax.random.split(key)
    a = jax.random.uniform(for_angle, (n,), maxval=jnp.pi)
    upper = jnp.stack([jnp.cos(a), jnp.sin(a)], axis=1)
    lower = jnp.array([[1.0, 0.5]]) - upper
    moon = jnp.where(jnp.arange(n)[:, None] % 2 == 0, upper, lower)
    return 2 * (moon + 0.1 * jax.random.normal(for_noise, (n, 2))) + jnp.array([[-1.0, -0.2]])
