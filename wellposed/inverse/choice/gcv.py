"""Generalised cross-validation."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
from jaxtyping import Array, Inexact, Key, Scalar

from ...operators import Operator
from ..spectral import AbstractSpectralMap
from .rule import Build, Choice, Grid, over_grid, smallest, square


def gcv(
    build: Build,
    grid: Grid,
    A: Operator,
    y: Inexact[Array, "..."],
    *,
    key: Key[Array, ""] | None = None,
    probes: int = 4,
    throw: bool = True,
) -> Choice:
    """The map that would best predict a datum left out: generalised cross-validation.

    [Golub, Heath & Wahba](https://doi.org/10.1080/00401706.1979.10489751) [@golub1979].

        GCV = m |A f(y) - y|^2 / (m - t)^2

    with m the number of data and t the trace of the Jacobian J of y -> A f(y), the degrees of freedom that
    the map spends. For a spectral map t is the sum of its filter factors. For other maps it is estimated by
    the probes of [Hutchinson](https://doi.org/10.1080/03610919008812866) [@hutchinson1990], random signs e
    with t = E <e, J e>. No noise level is needed, but the noise must be white.

    Args:
        build: parameter -> map, such as `lambda alpha: Tikhonov(svd, alpha)`; the parameter is traced.
        grid: the values to try.
        A: the operator, between real arrays; for a spectral map the one that its SVD is of.
        y: the data of one sample.
        key: draws the probes; not needed for spectral maps.
        probes: how many. The same probes serve the whole grid.
        throw: whether to raise if no score is finite.

    Returns:
        A `Choice` whose scores are GCV. Its result is `at_the_edge` if the best value is an end of the grid.

    Raises:
        ValueError: if the map is not spectral and there is no key.

    Example:
        >>> import jax, jax.numpy as jnp
        >>> from wellposed.inverse import TSVD
        >>> from wellposed.operators import Matrix, svd
        >>> A = Matrix(jnp.diag(jnp.array([4.0, 3.0, 2.0, 1.0])))
        >>> spectrum = svd(A)
        >>> found = gcv(lambda k: TSVD(spectrum, k), jnp.arange(1, 4), A, jnp.array([4.0, 3.0, 0.1, -0.1]))
        >>> found.parameter
        Array(2, dtype=int32)
    """

    def score(f: Callable[[Array], Array]) -> Scalar:
        return y.size * square(A.mv(f(y)) - y) / (y.size - _freedom(f, A, y, key, probes)) ** 2

    return smallest(build, grid, over_grid(build, grid, score), throw)


def _freedom(f: Callable[[Array], Array], A: Operator, y: Array, key: Key[Array, ""] | None, probes: int) -> Scalar:
    """The trace of the Jacobian of y -> A f(y)."""
    if isinstance(f, AbstractSpectralMap):
        return f.filters.sum()
    if key is None:
        raise ValueError("gcv expects a key for a map that is not spectral, got None: give jax.random.key(0).")
    signs = jax.random.rademacher(key, (probes, *y.shape), y.dtype)

    def probed(sign: Array) -> Array:
        return jnp.vdot(sign, jax.jvp(lambda y: A.mv(f(y)), (y,), (sign,))[1])

    return jax.vmap(probed)(signs).mean()
