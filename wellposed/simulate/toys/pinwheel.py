"""Five bent arms."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key


def pinwheel(key: Key[Array, ""], n: int) -> Float[Array, "n 2"]:
    """2 R(2 pi k / 5 + e^f / 4)' (f, g) with a rotation R and a random arm k of five [@grathwohl2019].

    f ~ N(1, 0.3^2) is how far a point is out, g ~ N(0, 0.1^2) how far it is off the middle of its arm.

    Args:
        key: of the random numbers.
        n: how many points.

    Example:
        >>> pinwheel(jax.random.key(0), 5).shape
        (5, 2)
    """
    for_arm, for_noise = jax.random.split(key)
    f, g = jnp.array([[1.0], [0.0]]) + jnp.array([[0.3], [0.1]]) * jax.random.normal(for_noise, (2, n))
    angle = 2 * jnp.pi / 5 * jax.random.randint(for_arm, (n,), 0, 5) + jnp.exp(f) / 4
    c, s = jnp.cos(angle), jnp.sin(angle)
    return 2 * jnp.stack([c * f + s * g, c * g - s * f], axis=1)
