"""Eight normal densities on a circle."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key


def eight_gaussians(key: Key[Array, ""], n: int) -> Float[Array, "n 2"]:
    """Normal points of deviation 0.5 around eight centres at radius 4, all divided by 1.414 [@grathwohl2019].

    Args:
        key: of the random numbers.
        n: how many points.

    Example:
        >>> eight_gaussians(jax.random.key(0), 5).shape
        (5, 2)
    """
    for_part, for_noise = jax.random.split(key)
    angle = jax.random.randint(for_part, (n,), 0, 8) * jnp.pi / 4
    centre = 4 * jnp.stack([jnp.cos(angle), jnp.sin(angle)], axis=1)
    return (centre + 0.5 * jax.random.normal(for_noise, (n, 2))) / 1.414
