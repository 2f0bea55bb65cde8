"""Four squares in two classes, as on a chessboard."""

import jax
from jaxtyping import Array, Key

from .labelled import Labelled


def squares(key: Key[Array, ""], n: int, noise: float = 0.1) -> Labelled:
    """Uniform points in [-0.7, 0.7]^2 of class 1 where x y > 0, then moved by noise [@benning2019].

    Args:
        key: of the random numbers.
        n: how many points.
        noise: standard deviation of normal noise that is added to both coordinates.

    Returns:
        `Labelled(points, labels)`.

    Example:
        >>> points, labels = squares(jax.random.key(0), 100, noise=0.0)
        >>> bool((labels == (points[:, 0] * points[:, 1] > 0)).all())
        True
    """
    for_points, for_noise = jax.random.split(key)
    points = jax.random.uniform(for_points, (n, 2), minval=-0.7, maxval=0.7)
    labels = (points[:, 0] * points[:, 1] > 0).astype(int)
    return Labelled(points + noise * jax.random.normal(for_noise, (n, 2)), labels)
