"""What every rule of parameter choice shares: a map for each value on a grid, its scores, and the record of a choice."""

from collections.abc import Callable
from typing import Any, TypeAlias

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Num, PyTree, Shaped

from ..solution import RESULTS, raised

Build: TypeAlias = Callable[[Any], Callable[[Array], Array]]  # parameter -> map


class Choice(eqx.Module):
    """A parameter, and why it was chosen.

    Attributes:
        parameter: the chosen value, an entry of `grid`.
        map: `build(parameter)`.
        grid: the values that were tried.
        scores: the rule's number for each of them.
        result: `RESULTS.successful`, or why the choice is not to be trusted.
    """

    parameter: Shaped[Array, ""]
    map: Any
    grid: Num[Array, " grid"]
    scores: Float[Array, " grid"]
    result: RESULTS


def over_grid(
    build: Build, grid: Num[Array, " grid"], measure: Callable[[Callable[[Array], Array]], PyTree[Array]]
) -> PyTree[Array]:
    """`measure(build(parameter))` for each value: one compiled program, in which the parameter is traced."""
    return jax.lax.map(lambda parameter: measure(build(parameter)), grid)


def chosen(
    build: Build,
    grid: Num[Array, " grid"],
    scores: Float[Array, " grid"],
    index: Array,
    result: RESULTS,
    throw: bool,
) -> Choice:
    """The record of the choice of `grid[index]`."""
    parameter = grid[index]
    return raised(Choice(parameter, build(parameter), grid, scores, result), result, throw)


def smallest(build: Build, grid: Num[Array, " grid"], scores: Float[Array, " grid"], throw: bool) -> Choice:
    """The choice of the smallest score, which should lie inside the grid."""
    index = jnp.argmin(jnp.where(jnp.isfinite(scores), scores, jnp.inf))
    edge = (index == 0) | (index == grid.size - 1)
    result = RESULTS.where(edge, RESULTS.at_the_edge, RESULTS.successful)
    result = RESULTS.where(jnp.isfinite(scores).any(), result, RESULTS.not_finite)
    return chosen(build, grid, scores, index, result, throw)


def mean_square(x: Shaped[Array, "batch ..."]) -> Float[Array, ""]:
    """The squared Euclidean norm of a sample, averaged over the batch."""
    return (x * x.conj()).real.sum() / len(x)
