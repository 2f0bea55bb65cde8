"""Five classes between the level lines of a landscape."""

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Key

from .labelled import Labelled

CLASSES, GRID = 5, 256


def peaks_height(x: Float[Array, "*n"], y: Float[Array, "*n"]) -> Float[Array, "*n"]:
    """The landscape of three hills and two valleys on [-3, 3]^2 that goes by the name of peaks.

    3 (1 - x)^2 e^(-x^2 - (y + 1)^2) - 10 (x / 5 - x^3 - y^5) e^(-x^2 - y^2) - e^(-(x + 1)^2 - y^2) / 3.

    Example:
        >>> round(float(peaks_height(jnp.array(0.0), jnp.array(0.0))), 4)
        0.981
    """
    return (
        3 * (1 - x) ** 2 * jnp.exp(-(x**2) - (y + 1) ** 2)
        - 10 * (x / 5 - x**3 - y**5) * jnp.exp(-(x**2) - y**2)
        - jnp.exp(-((x + 1) ** 2) - y**2) / 3
    )


def peaks(key: Key[Array, ""], n: int) -> Labelled:
    """Points of [-1, 1]^2 in five classes: the heights of the landscape in five equal intervals [@haber2018].

    Each class has the same number of points, up to one, however small its area. A point lies anywhere in a small
    square, and has the class of its middle.

    Args:
        key: of the random numbers.
        n: how many points.

    Returns:
        `Labelled(points, labels)`; the point (x, y) has the height of (3 x, 3 y).

    Example:
        >>> jnp.bincount(peaks(jax.random.key(0), 100).labels).tolist()
        [20, 20, 20, 20, 20]
    """
    centres = (jnp.arange(GRID) + 0.5) * 2 / GRID - 1
    x, y = (a.ravel() for a in jnp.meshgrid(centres, centres))
    height = np.asarray(peaks_height(3 * x, 3 * y))
    edges = np.linspace(height.min(), height.max(), CLASSES + 1)[1:-1]
    of_cell = np.digitize(height, edges)
    labels = jnp.arange(n) % CLASSES
    cells = [
        jax.random.choice(jax.random.fold_in(key, c), jnp.asarray(np.flatnonzero(of_cell == c)), (n,))
        for c in range(CLASSES)
    ]
    chosen = jnp.stack(cells)[labels, jnp.arange(n)]
    within = jax.random.uniform(jax.random.fold_in(key, CLASSES), (n, 2), x.dtype, -1.0, 1.0) / GRID
    return Labelled(jnp.stack([x[chosen], y[chosen]], 1) + within, labels)
