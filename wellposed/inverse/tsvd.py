"""Truncated singular value decomposition."""

import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from ..operators import SVD
from .checks import require
from .spectral import AbstractSpectralMap, divided


class TSVD(AbstractSpectralMap):
    """Truncated SVD, [Hansen](https://doi.org/10.1007/BF01937276) [@hansen1987]: the first components only.

    g_n = 1 / s_n for n < rank, and 0 beyond. The rank is a traced number, so that one compiled program serves
    every rank.

    Args:
        svd: the singular value decomposition of the operator.
        rank: how many components to keep, from 1 to the number of singular values.

    Shapes:
        Data of shape `svd.out_shape` to a picture of shape `svd.in_shape`.

    Raises:
        ValueError: if the rank is out of range, or the data have another shape.

    Example:
        >>> import jax.numpy as jnp
        >>> from wellposed.operators import Matrix, svd
        >>> f = TSVD(svd(Matrix(jnp.diag(jnp.array([2.0, 1.0, 0.1])))), rank=2)
        >>> f(jnp.array([2.0, 3.0, 0.5]))
        Array([1., 3., 0.], dtype=float32)

    See also:
        `Tikhonov`, which damps the small singular values instead of cutting them off.
    """

    svd: SVD
    rank: Int[Array, ""]

    def __init__(self, svd: SVD, rank: int | Int[Array, ""]):
        possible = (rank >= 1) & (rank <= svd.s.size)
        require("TSVD", possible, f"a rank from 1 to {svd.s.size}", rank, "there are no more singular values")
        self.svd = svd
        self.rank = jnp.asarray(rank)

    @property
    def gains(self) -> Float[Array, " k"]:  # pyright: ignore[reportIncompatibleVariableOverride]
        """g_n = 1 / s_n for n < rank, else 0."""
        s = self.svd.s
        kept = jnp.arange(s.size) < self.rank
        return divided(kept.astype(s.dtype), s)
