"""The Swiss roll of two layers."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Key

from .labelled import Labelled


def swiss_roll(key: Key[Array, ""], n: int) -> Labelled:
    """Two curves rolled up together: (s + 0.2 c) (cos 4 pi s, sin 4 pi s), s in [0, 1], of class c [@haber2018].

    Args:
        key: of the random numbers.
        n: how many points; every second one is of class 0.

    Returns:
        `Labelled(points, labels)`: the classes lie 0.2 apart, and a layer of the roll 0.5 from the next.

    Example:
        >>> points, labels = swiss_roll(jax.random.key(0), 50)
        >>> bool(jnp.linalg.norm(points, axis=1).max() <= 1.2)
        True
    """
    labels = jnp.arange(n) % 2
    s = jax.random.uniform(key, (n,))
    angle = 4 * jnp.pi * s
    return Labelled((s + 0.2 * labels)[:, None] * jnp.stack([jnp.cos(angle), jnp.sin(angle)], 1), labels)
