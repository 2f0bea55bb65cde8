"""A mask: the pixels that were seen, the others set to zero."""

import equinox as eqx
import jax
import jax.numpy as jnp
import lineax as lx
import numpy as np
from jax.typing import DTypeLike
from jaxtyping import Array, Bool

from .operator import Operator


class Mask(Operator):
    """The seen entries of an array, `y = M x` with M diagonal, of zeros and ones: the operator of inpainting.

    It is an orthogonal projection: `A @ A` is A, and `A.T` is A itself. Lineax knows it as diagonal.

    Args:
        mask: true where the entry is seen, of any shape.
        dtype: of the array; `float32` by default.

    Shapes:
        Array and data: the shape of the mask, unseen entries zero.

    Example:
        >>> import jax.numpy as jnp
        >>> A = Mask(jnp.array([[True, False], [True, True]]))
        >>> A.mv(jnp.array([[1.0, 2.0], [3.0, 4.0]]))
        Array([[1., 0.],
               [3., 4.]], dtype=float32)
    """

    mask: Bool[Array, "..."]
    dtype: np.dtype = eqx.field(static=True)

    def __init__(self, mask: Bool[Array, "..."], dtype: DTypeLike = jnp.float32):
        self.mask = mask
        self.dtype = np.dtype(dtype)

    def in_structure(self) -> jax.ShapeDtypeStruct:
        """The array."""
        return jax.ShapeDtypeStruct(self.mask.shape, self.dtype)

    def out_structure(self) -> jax.ShapeDtypeStruct:
        """The array, with the unseen entries zero."""
        return self.in_structure()

    def apply(self, x: Array) -> Array:
        """The seen entries of one array."""
        return jnp.where(self.mask, x, 0)


@lx.diagonal.register(Mask)
def _(operator: Mask) -> Array:
    return operator.mask.ravel().astype(operator.dtype)


@lx.conj.register(Mask)
def _(operator: Mask) -> Mask:
    return operator


for _query in (lx.is_symmetric, lx.is_diagonal, lx.is_tridiagonal, lx.is_positive_semidefinite):
    _query.register(Mask)(lambda operator: True)
