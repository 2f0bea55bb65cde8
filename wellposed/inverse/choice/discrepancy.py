"""Morozov's discrepancy principle."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Inexact, Num, Shaped

from ...operators import Operator
from ..solution import RESULTS
from .rule import Build, Choice, chosen, mean_square, over_grid


def discrepancy(
    build: Build,
    grid: Num[Array, " grid"],
    A: Operator,
    y: Inexact[Array, "batch ..."],
    noise_norm: float | Shaped[Array, ""],
    *,
    tau: float = 1.0,
    throw: bool = True,
) -> Choice:
    """The most regularised map that fits the data to the noise, [Morozov](https://doi.org/10.1007/978-1-4612-5280-1) [@morozov1966].

    Of the values with |A f(y) - y| <= tau delta the one with the largest residual: whichever way the parameter
    regularises, a larger residual is more of it.

    Args:
        build: parameter -> map, such as `lambda alpha: Tikhonov(svd, alpha)`; the parameter is traced.
        grid: the values to try.
        A: the operator.
        y: data; one sample is `y[None]`. The residual is the root of the mean square over the samples.
        noise_norm: delta, the Euclidean norm of the noise in a sample: sigma sqrt(size) for white noise.
        tau: a factor of safety, at least 1.
        throw: whether to raise if no value fits, or if every value does, the most regularised one included.

    Returns:
        A `Choice` whose scores are the residuals; with `throw=False` and no fit, the value with the least residual.

    Example:
        >>> import jax.numpy as jnp
        >>> from wellposed.inverse import Tikhonov
        >>> from wellposed.operators import Matrix, svd
        >>> A = Matrix(jnp.eye(2))
        >>> spectrum = svd(A)
        >>> grid = jnp.array([0.25, 1.0, 4.0])
        >>> found = discrepancy(lambda a: Tikhonov(spectrum, a), grid, A, jnp.array([[3.0, 4.0]]), 2.6)
        >>> found.parameter, found.scores
        (Array(1., dtype=float32), Array([1. , 2.5, 4. ], dtype=float32))
    """
    residuals = jnp.sqrt(over_grid(build, grid, lambda f: mean_square(jax.vmap(lambda y: A.mv(f(y)) - y)(y))))
    fits = residuals <= tau * noise_norm
    most = jnp.argmax(jnp.where(fits, residuals, -jnp.inf))
    index = jnp.where(fits.any(), most, jnp.nanargmin(residuals))
    result = RESULTS.where(fits.all(), RESULTS.at_the_edge, RESULTS.successful)
    result = RESULTS.where(fits.any(), result, RESULTS.discrepancy_not_reached)
    result = RESULTS.where(jnp.isfinite(residuals).any(), result, RESULTS.not_finite)
    return chosen(build, grid, residuals, index, result, throw)
