"""A fixed-step scheme marched under `lax.scan`, there and back, with three ways to differentiate it."""

from collections.abc import Callable
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, PyTree

from .piecewise import Piecewise
from .problem import Field, Problem
from .schemes import AbstractScheme, ExplicitRungeKutta, Slope


class Marched(NamedTuple):
    """What the march is differentiated by: the state, the field in its arrays by step and the rest, the args."""

    x: PyTree[Array]
    layers: PyTree
    rest: PyTree
    args: PyTree


class Clock(NamedTuple):
    """The beginning of each step, and the length of all."""

    ts: Array
    h: Array


def clock(problem: Problem) -> Clock:
    """The steps of equal length h from t0 to t1."""
    h = (problem.t1 - problem.t0) / problem.steps
    return Clock(problem.t0 + h * jnp.arange(problem.steps, dtype=h.dtype), h)


def layers_of(problem: Problem) -> tuple[PyTree, PyTree]:
    """The field's arrays that change from step to step, as many as steps, and the rest of it."""
    field, steps = problem.field, problem.steps
    if not isinstance(field, Piecewise):
        return eqx.partition(field, False)
    if steps % field.count:
        raise ValueError(
            f"Flow expects steps that are a multiple of the {field.count} layers of its Piecewise field, got {steps}."
        )
    layers, rest = eqx.partition(field.layers, eqx.is_array)
    return jax.tree.map(lambda a: jnp.repeat(a, steps // field.count, axis=0), layers), rest


def march(scheme: AbstractScheme, problem: Problem, *, backward: bool = False) -> PyTree[Array]:
    """The state at the end.

    Args:
        scheme: the scheme.
        problem: where its `x0` is the state at t1 if the march goes backward.
        backward: from t1 to t0.
    """
    moves = (scheme.back, scheme.step) if backward else (scheme.step, scheme.back)
    if problem.adjoint == "backsolve":
        return _backsolved(_start(problem), moves, clock(problem), backward, False)[0]
    return _scanned(_start(problem), _bare(moves[0]), clock(problem), problem.adjoint, backward)[0]


def visit(scheme: AbstractScheme, problem: Problem) -> tuple[PyTree[Array], PyTree[Array] | None]:
    """The states after each step, and the field where each step begins, or None if it would be evaluated anew."""
    if problem.adjoint == "backsolve":
        return _backsolved(_start(problem), (scheme.step, scheme.back), clock(problem), False, True)[1], None

    def move(slope: Slope, t: Array, h: Array, x: PyTree[Array]) -> tuple[PyTree[Array], PyTree[Array]]:
        if not isinstance(scheme, ExplicitRungeKutta) or type(scheme).step is not ExplicitRungeKutta.step:
            x = scheme.step(slope, t, h, x)
            return x, (x, None)
        first = slope(t, x)
        x = scheme.step_from(first, slope, t, h, x)
        return x, (x, first)

    _, (states, slopes) = _scanned(_start(problem), move, clock(problem), problem.adjoint, False)
    return states, slopes


def _start(problem: Problem) -> Marched:
    return Marched(problem.x0, *layers_of(problem), problem.args)


def _move(move: Callable[..., Any], m: Marched, t: Array, h: Array) -> Any:
    field: Field = eqx.combine(m.layers, m.rest)
    slope: Slope = lambda t, x: field(t, x, m.args)
    return move(slope, t, h, m.x)


def _bare(move: Callable[..., PyTree]) -> Callable[..., tuple[PyTree, None]]:
    """A move that keeps nothing by the way."""
    return lambda *of: (move(*of), None)


def _kept(move: Callable[..., PyTree]) -> Callable[..., tuple[PyTree, PyTree]]:
    """A move that keeps its states."""
    return lambda *of: (move(*of),) * 2


def _scanned(
    start: Marched, move: Callable[..., tuple[PyTree, PyTree]], ticks: Clock, adjoint: str, backward: bool
) -> tuple[PyTree[Array], Any]:
    """The last state, and what `move` keeps of each step."""

    def moved(m: Marched, t: Array, h: Array) -> tuple[PyTree, PyTree]:
        return _move(move, m, t, h)

    if adjoint == "checkpointed":
        moved = eqx.filter_checkpoint(moved, prevent_cse=False)

    def body(x: PyTree[Array], tick: tuple[Array, PyTree]) -> tuple[PyTree[Array], PyTree[Array] | None]:
        t, layer = tick
        return moved(start._replace(x=x, layers=layer), t, ticks.h)

    return jax.lax.scan(body, start.x, (ticks.ts, start.layers), reverse=backward)


@eqx.filter_custom_vjp
def _backsolved(start: Marched, moves: tuple[Callable, Callable], ticks: Clock, backward: bool, save: bool):
    """The last state and, where asked to save, the states after each step."""
    return _scanned(start, (_kept if save else _bare)(moves[0]), ticks, "direct", backward)


@_backsolved.def_fwd
def _forth(perturbed, start, moves, ticks, backward, save):
    out = _scanned(start, (_kept if save else _bare)(moves[0]), ticks, "direct", backward)
    return out, out[0]


@_backsolved.def_bwd
def _back(last, cotangents, perturbed, start: Marched, moves, ticks: Clock, backward, save):
    """The states come from the scheme's way back, nothing is stored; each step is then transposed where it began."""
    there, back = moves
    shared, static = eqx.partition((start.rest, start.args), eqx.is_inexact_array)

    def pull(x: PyTree, layer: PyTree, t: Array, a: PyTree) -> tuple[PyTree, PyTree, PyTree]:
        varying, fixed = eqx.partition(layer, eqx.is_inexact_array)

        def stepped(x: PyTree, varying: PyTree, shared: PyTree) -> PyTree:
            rest, args = eqx.combine(shared, static)
            return _move(there, Marched(x, eqx.combine(varying, fixed), rest, args), t, ticks.h)

        return jax.vjp(stepped, x, varying, shared)[1](a)

    def body(carry: tuple[PyTree, PyTree, PyTree], tick: tuple[Array, PyTree, PyTree]) -> tuple[Any, PyTree]:
        x, a, sums = carry
        t, layer, added = tick
        a = a if added is None else _sum(a, added)
        x = _move(back, Marched(x, layer, start.rest, start.args), t, ticks.h)
        a, at_layer, at_shared = pull(x, layer, t, a)
        return (x, a, _sum(sums, at_shared)), at_layer

    end, at_states = cotangents
    end = _dense(end, last)
    if save:
        at_states = _dense(at_states, jax.tree.map(lambda x: jnp.zeros((len(ticks.ts), *x.shape), x.dtype), last))
    carry = (last, end, jax.tree.map(jnp.zeros_like, shared))
    (_, a, sums), at_layers = jax.lax.scan(body, carry, (ticks.ts, start.layers, at_states), reverse=not backward)
    return Marched(a, at_layers, *sums)


def _sum(a: PyTree[Array], b: PyTree[Array]) -> PyTree[Array]:
    return jax.tree.map(jnp.add, a, b)


def _dense(cotangent: PyTree, like: PyTree[Array]) -> PyTree[Array]:
    """A cotangent with zeros where equinox says None."""
    return jax.tree.map(
        lambda a, x: jnp.zeros_like(x) if a is None else a, cotangent, like, is_leaf=lambda a: a is None
    )
