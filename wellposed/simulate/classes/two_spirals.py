"""Two spirals, one in the other."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Key

from .labelled import Labelled


def two_spirals(key: Key[Array, ""], n: int, noise: float = 0.05, turns: float = 1.0) -> Labelled:
    """Two arms x = r (cos a, sin a), r = s, a = 2 pi turns s (+ pi), for uniform s in [0, 1] [@benning2019].

    Args:
        key: of the random numbers.
        n: how many points; every second one is of class 0.
        noise: standard deviation of normal noise that is added to both coordinates.
        turns: how often an arm winds around.

    Returns:
        `Labelled(points, labels)`.

    Example:
        >>> points, labels = two_spirals(jax.random.key(0), 6, noise=0.0)
        >>> labels.tolist()
        [0, 1, 0, 1, 0, 1]
    """
    for_place, for_noise = jax.random.split(key)
    labels = jnp.arange(n) % 2
    s = jax.random.uniform(for_place, (n,))
    angle = 2 * jnp.pi * turns * s + jnp.pi * labels
    points = s[:, None] * jnp.stack([jnp.cos(angle), jnp.sin(angle)], 1)
    return Labelled(points + noise * jax.random.normal(for_noise, (n, 2)), labels)
