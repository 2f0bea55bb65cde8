"""What the architectures share: activations by name, random weights, and the check of a width."""

from collections.abc import Callable
from typing import Literal

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

Activation = Literal["tanh", "relu", "softplus"]
ACTIVATIONS: dict[str, Callable[[Array], Array]] = {"tanh": jnp.tanh, "relu": jax.nn.relu, "softplus": jax.nn.softplus}


def activated(name: Activation, x: Array) -> Array:
    """The activation of that name, applied."""
    return ACTIVATIONS[name](x)


def normal(key: Key[Array, ""], rows: int, columns: int) -> Float[Array, "rows columns"]:
    """A random matrix with a spectral norm of about 2: independent normal entries of variance 1 / columns."""
    return jax.random.normal(key, (rows, columns)) / jnp.sqrt(columns)


def half(width: int, name: str) -> int:
    """Half of an even width.

    Raises:
        ValueError: if it is odd.
    """
    if width < 2 or width % 2:
        raise ValueError(f"{name} expects an even width, for positions and momenta, got {width}: take {width + 1}.")
    return width // 2
