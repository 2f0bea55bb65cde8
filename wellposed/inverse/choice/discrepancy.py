"""Morozov's discrepancy principle."""

import jax.numpy as jnp
from jaxtyping import Array, Inexact, Shaped

from ...operators import Operator
from ..solution import RESULTS, success_if
from .rule import Build, Choice, Grid, chosen, over_grid, square


def discrepancy(
    build: Build,
    grid: Grid,
    A: Operator,
    y: Inexact[Array, "..."],
    noise_norm: float | Shaped[Array, ""],
    *,
    tau: float = 1.0,
    throw: bool = True,
) -> Choice:
    """The most regularised map that fits the data to the noise, Morozov's rule [@morozov1966].

    Of the values with |A f(y) - y| <= tau delta the one with the largest residual: whichever way the
    parameter regularises, a larger residual is more of it
    ([Engl, Hanke & Neubauer](https://link.springer.com/book/9780792341574), section 4.3 [@engl1996]).

    Args:
        build: parameter -> map, such as `lambda alpha: Tikhonov(svd, alpha)`; the parameter is traced.
        grid: the values to try.
        A: the operator.
        y: the data of one sample.
        noise_norm: delta, the Euclidean norm of the noise: sigma sqrt(size) for white noise.
        tau: a factor of safety, at least 1.
        throw: whether to raise if no value fits.

    Returns:
        A `Choice` whose scores are the residuals; with `throw=False` and no fit, the value with the least
        residual. Its result is `at_the_edge` if every value fits, the most regularised one included.

    Raises:
        RuntimeError: if `throw` and no value fits, or no residual is finite.

    Example:
        >>> import jax.numpy as jnp
        >>> from wellposed.inverse import Tikhonov
        >>> from wellposed.operators import Matrix, svd
        >>> A = Matrix(jnp.eye(2))
        >>> spectrum = svd(A)
        >>> grid = jnp.array([0.25, 1.0, 4.0])
        >>> found = discrepancy(lambda a: Tikhonov(spectrum, a), grid, A, jnp.array([3.0, 4.0]), 2.6)
        >>> found.parameter, found.scores.round(2)
        (Array(1., dtype=float32), Array([1. , 2.5, 4. ], dtype=float32))
    """
    residuals = jnp.sqrt(over_grid(build, grid, lambda f: square(A.mv(f(y)) - y)))
    fits = residuals <= tau * noise_norm
    most = jnp.argmax(jnp.where(fits, residuals, -jnp.inf))
    index = jnp.where(fits.any(), most, jnp.argmin(jnp.where(jnp.isfinite(residuals), residuals, jnp.inf)))
    result = success_if(~fits.all(), RESULTS.at_the_edge)
    result = RESULTS.where(fits.any(), result, RESULTS.discrepancy_not_reached)
    result = RESULTS.where(jnp.isfinite(residuals).any(), result, RESULTS.not_finite)
    return chosen(build, grid, residuals, index, result, throw)
