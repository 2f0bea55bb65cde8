"""Trained networks in double precision, in which their laws are measured."""

from typing import TypeVar

import equinox as eqx
import jax
import jax.numpy as jnp

Model = TypeVar("Model")


def at_present_precision(model: Model) -> Model:
    """The model with all its real arrays in JAX's present default precision: float64 under `jax.enable_x64(True)`.

    Example:
        >>> single = eqx.nn.Linear(1, 1, key=jax.random.key(0))
        >>> with jax.enable_x64(True):
        ...     str(at_present_precision(single).weight.dtype)
        'float64'
    """
    return jax.tree.map(lambda leaf: jnp.asarray(leaf, float) if eqx.is_inexact_array(leaf) else leaf, model)
