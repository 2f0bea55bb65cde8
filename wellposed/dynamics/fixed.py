"""The solution of a problem by a fixed-step scheme: at the steps, or between them by Hermite's cubic."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PyTree

from .march import clock, layers_of, march, visit
from .piecewise import Piecewise
from .problem import Problem
from .schemes import AbstractScheme
from .solution import RESULTS, Solution, all_finite, nan_where


def end(scheme: AbstractScheme, problem: Problem, backward: bool) -> PyTree[Array]:
    """The state at t1, or at t0 if backward."""
    return march(scheme, problem, backward=backward)


def solve(scheme: AbstractScheme, problem: Problem, ts: Float[Array, " times"] | None) -> Solution:
    """The states at `ts`, or at t0 and after every step."""
    states, slopes = visit(scheme, problem)
    states = jax.tree.map(lambda x, xs: jnp.concatenate([x[None], xs]), problem.x0, states)  # (steps + 1, ...)
    finite, outside = all_finite(states), jnp.zeros((), bool)
    if ts is None:
        ts, xs = jnp.concatenate([clock(problem).ts, problem.t1[None]]), states
    else:
        outside = (ts - problem.t0) * (ts - problem.t1) > 0
        xs = nan_where(outside, _between(problem, states, slopes, ts))
        finite &= all_finite(xs)
    result = RESULTS.where(finite, RESULTS.successful, RESULTS.not_finite)
    result = RESULTS.where(outside.any(), RESULTS.outside, result)
    counts = {"steps": problem.steps, "evaluations": problem.steps * scheme.stages}
    return Solution(ts, xs, result, jax.tree.map(jnp.asarray, counts))


def _between(
    problem: Problem, states: PyTree[Array], slopes: PyTree[Array] | None, ts: Float[Array, " times"]
) -> PyTree[Array]:
    """Hermite's cubic through the states and slopes at both ends of the step to which each time belongs."""
    begins, h = clock(problem)
    place = (ts - problem.t0) / jnp.where(h == 0, 1, h)  # in steps; an interval of length zero has one place
    k = jnp.clip(jnp.floor(place), 0, begins.size - 1).astype(int)
    s = place - k.astype(place.dtype)
    weights = ((1 + 2 * s) * (1 - s) ** 2, s**2 * (3 - 2 * s), h * s * (1 - s) ** 2, h * s**2 * (s - 1))
    first, last = _slopes(problem, states, slopes)

    def cubic(x: Array, u: Array, v: Array) -> Array:
        a, b, c, d = (jnp.expand_dims(w, range(1, x.ndim)).astype(x.dtype) for w in weights)
        return a * x[k] + b * x[k + 1] + c * u[k] + d * v[k]

    return jax.tree.map(cubic, states, first, last)


def _slopes(
    problem: Problem, states: PyTree[Array], first: PyTree[Array] | None
) -> tuple[PyTree[Array], PyTree[Array]]:
    """The field at the beginning (unless it is known as `first`) and at the end of each step."""
    begins, h = clock(problem)
    begin, end = _pairs(states)
    if isinstance(problem.field, Piecewise):
        layers, rest = layers_of(problem)
        at = jax.vmap(lambda layer, t, x: eqx.combine(layer, rest)(t, x, problem.args))
        return at(layers, begins, begin) if first is None else first, at(layers, begins + h, end)
    field = lambda t, x: problem.field(t, x, problem.args)
    if first is None:
        first = jax.vmap(field)(begins, begin)
    last = field(problem.t1, jax.tree.map(lambda a: a[-1], states))
    return _pairs(jax.tree.map(lambda a, b: jnp.concatenate([a, b[None]]), first, last))


def _pairs(xs: PyTree[Array]) -> tuple[PyTree[Array], PyTree[Array]]:
    """What belongs to the beginnings and to the ends of the steps."""
    return jax.tree.map(lambda a: a[:-1], xs), jax.tree.map(lambda a: a[1:], xs)
