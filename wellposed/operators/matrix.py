"""A matrix as a forward map between arrays of any shape."""

import math

import equinox as eqx
import jax
from jaxtyping import Array, Inexact

from .operator import Operator, dense


class Matrix(Operator):
    """A dense matrix `M` as a map between arrays of any shape: `y = reshape(M ravel(x), out_shape)`.

    Args:
        matrix: the matrix, of shape (out_size, in_size); its dtype is the operator's.
        in_shape: the shape of `x`, of size `in_size`; `(in_size,)` by default.
        out_shape: the shape of `y`, of size `out_size`; `(out_size,)` by default.

    Raises:
        ValueError: if a shape's size is not that of the matrix.

    Example:
        >>> import jax.numpy as jnp
        >>> A = Matrix(jnp.array([[1.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 1.0]]), in_shape=(2, 2))
        >>> A.mv(jnp.array([[1.0, 2.0], [3.0, 4.0]]))
        Array([3., 7.], dtype=float32)
    """

    matrix: Inexact[Array, "out_size in_size"]
    shapes: tuple[tuple[int, ...], tuple[int, ...]] = eqx.field(static=True)

    def __init__(
        self,
        matrix: Inexact[Array, "out_size in_size"],
        in_shape: tuple[int, ...] | None = None,
        out_shape: tuple[int, ...] | None = None,
    ):
        rows, columns = matrix.shape
        self.matrix = matrix
        self.shapes = (_of_size(columns, in_shape, "in_shape"), _of_size(rows, out_shape, "out_shape"))

    def in_structure(self) -> jax.ShapeDtypeStruct:
        """An array of `in_shape`."""
        return jax.ShapeDtypeStruct(self.shapes[0], self.matrix.dtype)

    def out_structure(self) -> jax.ShapeDtypeStruct:
        """An array of `out_shape`."""
        return jax.ShapeDtypeStruct(self.shapes[1], self.matrix.dtype)

    def apply(self, x: Array) -> Array:
        """The product with one ravelled array."""
        return (self.matrix @ x.ravel()).reshape(self.shapes[1])


@dense.register
def _(operator: Matrix) -> Array:
    return operator.matrix


def _of_size(size: int, shape: tuple[int, ...] | None, name: str) -> tuple[int, ...]:
    if shape is not None and math.prod(shape) != size:
        raise ValueError(
            f"Matrix expects {name} of size {size}, got {shape}, which has {math.prod(shape)}: "
            f"choose a shape of {size} numbers, or transpose the matrix."
        )
    return (size,) if shape is None else tuple(shape)
