"""Points with their classes."""

from typing import NamedTuple

from jaxtyping import Array, Float, Int


class Labelled(NamedTuple):
    """Points in the plane, and the class of each, counted from 0.

    Example:
        >>> import jax.numpy as jnp
        >>> Labelled(jnp.zeros((3, 2)), jnp.array([0, 1, 1])).labels.max().item()
        1
    """

    points: Float[Array, "n 2"]
    labels: Int[Array, " n"]
