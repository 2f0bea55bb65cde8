"""An initial value problem as the solvers take it, and the checks that every one of them shares."""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PyTree

Field: TypeAlias = Callable[[Any, Any, Any], Any]
"""A field `(t, x, args) -> dx/dt`, of the structure, shapes and dtypes of x."""


class Problem(NamedTuple):
    """dx/dt = field(t, x, args) from x(t0) = x0 to t1, and how it is differentiated."""

    field: Field
    x0: PyTree[Array]
    args: PyTree
    t0: Float[Array, ""]
    t1: Float[Array, ""]
    steps: int  # of a scheme; 0 where the solver chooses its own
    adjoint: str


def posed(field: Field, x0: PyTree, args: PyTree, times: tuple[Any, Any], steps: int, adjoint: str) -> Problem:
    """The problem in one precision: the state in floating point, the times in its real dtype.

    Raises:
        ValueError: if the field does not take the state, or is not of its structure, shapes and dtypes.
    """
    x0 = jax.tree.map(_inexact, x0)
    dtype = jnp.finfo(jnp.result_type(*jax.tree.leaves(x0))).dtype
    t0, t1 = (jnp.asarray(t, dtype) for t in times)
    problem = Problem(field, x0, args, t0, t1, steps, adjoint)
    _check(problem)
    return problem


def _inexact(leaf: Any) -> Array:
    leaf = jnp.asarray(leaf)
    return leaf if jnp.issubdtype(leaf.dtype, jnp.inexact) else leaf.astype(jnp.result_type(float))


def _check(problem: Problem) -> None:
    found = _slope(problem)
    if jax.tree.structure(found) != jax.tree.structure(problem.x0):
        raise ValueError(
            f"Flow expects a field of the structure of its state, {jax.tree.structure(problem.x0)}, got "
            f"{jax.tree.structure(found)}: return one derivative for each part of x."
        )
    for slope, x in zip(jax.tree.leaves(found), jax.tree.leaves(problem.x0), strict=True):
        if slope.shape != x.shape:
            raise ValueError(
                f"Flow expects dx/dt of shape {x.shape}, as x, got {slope.shape}: give x0 the shape of one sample "
                "of the field, and map the flow over a batch by vmap."
            )
        if jnp.promote_types(slope.dtype, x.dtype) != x.dtype:
            raise ValueError(
                f"Flow expects dx/dt of dtype {x.dtype}, as x, got {slope.dtype}: convert x0 by "
                f"x0.astype({slope.dtype}), or build the field in {x.dtype}."
            )


def _slope(problem: Problem) -> PyTree[jax.ShapeDtypeStruct]:
    try:
        return eqx.filter_eval_shape(problem.field, problem.t0, problem.x0, problem.args)
    except (TypeError, ValueError) as error:
        shapes = jax.tree.map(jnp.shape, problem.x0)
        first = (str(error).strip().splitlines() or [""])[0]
        raise ValueError(
            f"Flow expects a state that its field takes, got shape {shapes} ({first}): give x0 the shape of one "
            "sample of the field, and map the flow over a batch by vmap."
        ) from error
