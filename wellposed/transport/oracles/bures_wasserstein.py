"""The transport cost between two normal densities."""

import jax.numpy as jnp
from jaxtyping import Array, Float

from wellposed.errors import InputError

from ..densities import Gaussian


def bures_wasserstein(a: Gaussian, b: Gaussian) -> Float[Array, ""]:
    """W2^2 = |mean_a - mean_b|^2 + tr A + tr B - 2 tr (A^1/2 B A^1/2)^1/2, for covariances A and B [@gelbrich1990].

    The last trace is the sum of the singular values of factor_a' factor_b.

    Args:
        a: the one.
        b: the other.

    Raises:
        InputError: they have not the same dimension.

    Example:
        >>> a, b = (Gaussian.isotropic(jnp.full(2, x), s**2) for x, s in ((0.0, 1.0), (3.0, 2.0)))
        >>> float(bures_wasserstein(a, b))  # |(3, 3)|^2 + 2 (2 - 1)^2
        20.0
    """
    if a.mean.shape != b.mean.shape:
        raise InputError(
            f"bures_wasserstein: expected two densities of one dimension, found {len(a.mean)} and {len(b.mean)}: "
            "drop or add coordinates"
        )
    overlap = jnp.sum(jnp.linalg.svd(a.factor.T @ b.factor, compute_uv=False))
    return jnp.sum((a.mean - b.mean) ** 2) + jnp.sum(a.factor**2) + jnp.sum(b.factor**2) - 2 * overlap
