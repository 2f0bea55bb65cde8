"""The best parameter, which only the truth can tell."""

import jax
from jaxtyping import Array, Inexact, Num

from .rule import Build, Choice, mean_square, over_grid, smallest


def oracle(
    build: Build,
    grid: Num[Array, " grid"],
    y: Inexact[Array, "batch ..."],
    x: Inexact[Array, "batch ..."],
    *,
    throw: bool = True,
) -> Choice:
    """The parameter with the smallest mean squared error against known pictures: the best that any rule can do.

    Use it on a training or validation set, where the truth is known, and to judge the other rules.

    Args:
        build: parameter -> map, such as `lambda alpha: Tikhonov(svd, alpha)`; the parameter is traced.
        grid: the values to try.
        y: data; one sample is `y[None]`.
        x: the pictures behind them.
        throw: whether to raise if the best value is at an end of the grid.

    Returns:
        A `Choice` whose scores are the mean of |f(y) - x|^2 over the batch.

    Example:
        >>> import jax.numpy as jnp
        >>> from wellposed.inverse import Tikhonov
        >>> from wellposed.operators import Matrix, svd
        >>> A = svd(Matrix(jnp.eye(2)))
        >>> found = oracle(lambda a: Tikhonov(A, a), jnp.array([0.1, 1.0, 9.0]), jnp.ones((1, 2)), jnp.ones((1, 2)) / 2)
        >>> found.parameter, found.map(jnp.ones(2))
        (Array(1., dtype=float32), Array([0.5, 0.5], dtype=float32))
    """
    scores = over_grid(build, grid, lambda f: mean_square(jax.vmap(f)(y) - x))
    return smallest(build, grid, scores, throw)
