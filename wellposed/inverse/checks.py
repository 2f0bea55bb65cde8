"""The checks that every reconstruction makes on its data and its parameters."""

import jax.numpy as jnp
from jax.core import Tracer
from jax.typing import DTypeLike
from jaxtyping import Array, ArrayLike


def checked_data(name: str, y: ArrayLike, shape: tuple[int, ...], dtype: DTypeLike) -> Array:
    """The data of one sample in the method's dtype, or a ValueError that says what is wrong with them."""
    y = jnp.asarray(y)
    if y.shape != shape:
        raise ValueError(f"{name} expects data of shape {shape}, got {y.shape}: {_remedy(y.shape, shape)}.")
    if jnp.promote_types(y.dtype, dtype) != dtype:
        raise ValueError(
            f"{name} expects {jnp.dtype(dtype)} data, got {y.dtype}: convert them by "
            f"y.astype({jnp.dtype(dtype)}), or build the operator in {y.dtype}."
        )
    return y.astype(dtype)


def require(name: str, condition: ArrayLike, expected: str, found: object, remedy: str) -> None:
    """Raises a ValueError unless the condition holds; a traced condition cannot be looked at, and passes."""
    if not isinstance(condition, Tracer) and not bool(condition):
        raise ValueError(f"{name} expects {expected}, got {found}: {remedy}.")


def _remedy(shape: tuple[int, ...], expected: tuple[int, ...]) -> str:
    if shape[1:] == expected:
        return "it takes one sample, so map it over the batch by jax.vmap"
    return "reshape them to what the operator returns, or build the operator for these data"
