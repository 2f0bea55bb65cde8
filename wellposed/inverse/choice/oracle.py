"""The best parameter, which only the truth can tell."""

import jax
from jaxtyping import Array, Inexact

from .rule import Build, Choice, Grid, over_grid, smallest, square


def oracle(
    build: Build,
    grid: Grid,
    y: Inexact[Array, "batch ..."],
    x: Inexact[Array, "batch ..."],
    *,
    throw: bool = True,
) -> Choice:
    """The parameter with the least mean squared error against known pictures: the best that a rule can do.

    Use it on a training or validation set, where the truth is known, and to judge the other rules.

    Args:
        build: parameter -> map, such as `lambda alpha: Tikhonov(svd, alpha)`; the parameter is traced.
        grid: the values to try.
        y: a batch of data; one sample is `y[None]`.
        x: the pictures behind them.
        throw: whether to raise if no error is finite.

    Returns:
        A `Choice` whose scores are the mean of |f(y) - x|^2 over the batch. Its result is `at_the_edge` if
        the best value is an end of the grid.

    Example:
        >>> import jax.numpy as jnp
        >>> from wellposed.inverse import Tikhonov
        >>> from wellposed.operators import Matrix, svd
        >>> A = svd(Matrix(jnp.eye(2)))
        >>> y = jnp.ones((1, 2))
        >>> found = oracle(lambda a: Tikhonov(A, a), jnp.array([0.1, 1.0, 9.0]), y, y / 2)
        >>> found.parameter, found.map(jnp.ones(2))
        (Array(1., dtype=float32), Array([0.5, 0.5], dtype=float32))
    """
    scores = over_grid(build, grid, lambda f: square(jax.vmap(f)(y) - x) / len(x))
    return smallest(build, grid, scores, throw)
