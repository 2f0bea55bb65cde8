"""A fixed-step scheme marched under `lax.scan`, there and back, with three ways to differentiate it."""

from collections.abc import Callable
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, PyTree

from .piecewise import Piecewise
from .problem import Field, Problem
from .schemes import AbstractScheme, Slope


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


def march(scheme: AbstractScheme, problem: Problem, *, backward: bool = False, save: bool = False) -> PyTree[Array]:
    """The state at the end or, where asked to save, the states after each step.

    Args:
        scheme: the scheme.
        problem: where its `x0` is the state at t1 if the march goes backward.
        backward: from t1 to t0.
        save: whether to return the state after each step, in the order of time, in place of the last.
    """
    layers, rest = layers_of(problem)
    moves = (scheme.back, scheme.step) if backward else (scheme.step, scheme.back)
    start = Marched(problem.x0, layers, rest, problem.args)
    run = _backsolved if problem.adjoint == "backsolve" else _scanned
    last, states = run(start, moves, clock(problem), problem.adjoint, backward, save)
    return states if save else last


def _move(move: Callable[..., PyTree], m: Marched, t: Array, h: Array) -> PyTree[Array]:
    field: Field = eqx.combine(m.layers, m.rest)
    slope: Slope = lambda t, x: field(t, x, m.args)
    return move(slope, t, h, m.x)


def _scanned(
    start: Marched, moves: tuple[Callable, Callable], ticks: Clock, adjoint: str, backward: bool, save: bool
) -> tuple[PyTree[Array], PyTree[Array] | None]:
    def body(x: PyTree[Array], tick: tuple[Array, PyTree]) -> tuple[PyTree[Array], PyTree[Array] | None]:
        t, layer = tick
        x = move(start._replace(x=x, layers=layer), t, ticks.h)
        return x, x if save else None

    def move(m: Marched, t: Array, h: Array) -> PyTree[Array]:
        return _move(moves[0], m, t, h)

    if adjoint == "checkpointed":
        move = eqx.filter_checkpoint(move, prevent_cse=False)
    return jax.lax.scan(body, start.x, (ticks.ts, start.layers), reverse=backward)


@eqx.filter_custom_vjp
def _backsolved(start: Marched, moves, ticks: Clock, adjoint: str, backward: bool, save: bool):
    return _scanned(start, moves, ticks, adjoint, backward, save)


@_backsolved.def_fwd
def _forth(perturbed, start, moves, ticks, adjoint, backward, save):
    out = _scanned(start, moves, ticks, adjoint, backward, save)
    return out, out[0]


@_backsolved.def_bwd
def _back(last, cotangents, perturbed, start: Marched, moves, ticks: Clock, adjoint, backward, save):
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
