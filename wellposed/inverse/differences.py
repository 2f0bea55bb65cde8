"""Finite differences of a picture, their adjoint and the total variation that they define."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Inexact


def gradient(x: Inexact[Array, "..."]) -> Inexact[Array, "axes ..."]:
    """Forward differences along every axis, zero at the far edge; its norm is less than 2 sqrt(axes)."""
    return jnp.stack([_ahead(x, axis) for axis in range(x.ndim)])


def gradient_adjoint(p: Inexact[Array, "axes ..."]) -> Inexact[Array, "..."]:
    """The adjoint of `gradient`: minus the divergence of the field p."""
    parts = [_behind(p[axis], axis) for axis in range(len(p))]
    return sum(parts[1:], start=parts[0])


def magnitude(p: Inexact[Array, "axes ..."]) -> Float[Array, "..."]:
    """The Euclidean length of the field at each pixel; where the field vanishes its derivative is zero."""
    squares = _squares(p)
    return jnp.where(squares > 0, jnp.sqrt(jnp.where(squares > 0, squares, 1)), 0)


def variation(x: Inexact[Array, "..."]) -> Float[Array, ""]:
    """The isotropic total variation: the sum over the pixels of the length of the gradient.

    Example:
        >>> import jax.numpy as jnp
        >>> variation(jnp.array([[0.0, 3.0], [4.0, 4.0]]))
        Array(6., dtype=float32)
    """
    return magnitude(gradient(x)).sum()


def clipped(p: Inexact[Array, "axes ..."], radius: Float[Array, ""]) -> Inexact[Array, "axes ..."]:
    """The field with its length at each pixel cut to the radius, which is positive."""
    return p * (radius / jnp.sqrt(jnp.maximum(_squares(p), radius**2)))[None]


def _squares(p: Array) -> Array:
    return (p * p.conj()).real.sum(0)


def _ahead(x: Array, axis: int) -> Array:
    edge = [(0, 0)] * x.ndim
    edge[axis] = (0, 1)
    return jnp.pad(jnp.diff(x, axis=axis), edge)


def _behind(p: Array, axis: int) -> Array:
    before, after = [(0, 0)] * p.ndim, [(0, 0)] * p.ndim
    before[axis], after[axis] = (1, 0), (0, 1)
    inner = jax.lax.slice_in_dim(p, 0, p.shape[axis] - 1, axis=axis)  # the last difference is always zero
    return jnp.pad(inner, before) - jnp.pad(inner, after)
