"""What every rule of parameter choice shares: a map for each value on a grid, its scores, the record."""

from collections.abc import Callable
from typing import Any, TypeAlias

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Inexact, Num, Shaped

from ..solution import RESULTS, success_if

Build: TypeAlias = Callable[[Any], Callable[[Array], Array]]  # parameter -> map
Grid: TypeAlias = Num[Array | np.ndarray, " grid"]


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
    build: Build, grid: Grid, measure: Callable[[Callable[[Array], Array]], Array]
) -> Float[Array, " grid ..."]:
    """`measure(build(parameter))` for each value: one compiled program, in which the parameter is traced."""
    return jax.lax.map(lambda parameter: measure(build(parameter)), jnp.asarray(grid))


def chosen(
    build: Build, grid: Grid, scores: Float[Array, " grid"], index: Array, result: RESULTS, throw: bool
) -> Choice:
    """The record of the choice of `grid[index]`; raises if `throw` and there is nothing to trust.

    A best value at the end of the grid is a choice still, and is not raised.
    """
    parameter = jnp.asarray(grid)[index]
    choice = Choice(parameter, build(parameter), jnp.asarray(grid), scores, result)
    failed = (result != RESULTS.successful) & (result != RESULTS.at_the_edge)
    return result.error_if(choice, failed) if throw else choice


def smallest(build: Build, grid: Grid, scores: Float[Array, " grid"], throw: bool) -> Choice:
    """The choice of the smallest score, which should lie inside the grid."""
    index = jnp.argmin(jnp.where(jnp.isfinite(scores), scores, jnp.inf))
    edge = (index == 0) | (index == scores.size - 1)
    result = success_if(~edge, RESULTS.at_the_edge)
    result = RESULTS.where(jnp.isfinite(scores).any(), result, RESULTS.not_finite)
    return chosen(build, grid, scores, index, result, throw)


def square(x: Inexact[Array, "..."]) -> Float[Array, ""]:
    """The squared Euclidean norm."""
    return jnp.vdot(x, x).real
