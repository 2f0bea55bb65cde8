"""A learning rate that falls to nothing, as data: another rate or another number of steps compiles nothing."""

import functools
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import optax


def falling(unit: optax.GradientTransformation, rate: float, steps: int) -> optax.GradientTransformation:
    """An optimiser of learning rate 1, its k-th step times rate (1 + cos(pi k / steps)) / 2 [@loshchilov2017].

    The same updates as with `optax.cosine_decay_schedule(rate, steps)`, which is compiled into a program; here `fit`
    with the same `unit` and shapes compiles once for all rates and numbers of steps.

    Args:
        unit: an optimiser of learning rate 1, the same object in all calls that shall share a program.
        rate: at the start.
        steps: after which it is 0.

    Example:
        >>> adam = optax.adam(1.0)
        >>> optimiser = falling(adam, 0.1, 100)
        >>> updates, state = optimiser.update(jnp.ones(2), optimiser.init(jnp.zeros(2)))
        >>> bool(jnp.allclose(updates, -0.1))
        True
    """
    start, update = _methods(unit)
    values = jnp.asarray(rate), jnp.asarray(float(steps))
    return optax.GradientTransformation(start, jax.tree_util.Partial(update, *values))  # pyright: ignore[reportArgumentType]


@functools.cache
def _methods(unit: optax.GradientTransformation) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """The same functions for the same optimiser."""

    def start(params: Any) -> Any:
        return unit.init(params), jnp.zeros(())

    def update(rate: Any, steps: Any, slopes: Any, state: Any, params: Any = None) -> Any:
        inner, count = state
        moves, inner = unit.update(slopes, inner, params)
        factor = rate * (1 + jnp.cos(jnp.pi * jnp.minimum(count / steps, 1.0))) / 2
        return jax.tree.map(lambda move: factor.astype(move.dtype) * move, moves), (inner, count + 1)

    return start, update
