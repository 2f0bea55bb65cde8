"""Thresholding inside an optimiser, so that one training is one run of steps."""

from collections.abc import Callable
from typing import Any, NamedTuple

import equinox as eqx
import jax.numpy as jnp
import optax
from jaxtyping import Array, Bool, Int


class ThresholdState(NamedTuple):
    """The inner optimiser's state, which coefficients are kept, and the number of steps."""

    inner: Any
    kept: Bool[Array, "..."]
    steps: Int[Array, ""]


def thresholding(
    inner: optax.GradientTransformation, where: Callable[[Any], Array], threshold: float, every: int, until: int
) -> optax.GradientTransformation:
    """Set coefficients below a threshold to zero for good every so many steps of an optimiser [@champion2019].

    Args:
        inner: the optimiser.
        where: the coefficients of a tree of parameters.
        threshold: what is smaller goes.
        every: steps between two looks.
        until: no look after so many steps.

    Example:
        >>> optimiser = thresholding(optax.sgd(0.0), lambda c: c, 0.1, every=1, until=9)
        >>> c = jnp.array([0.05, 1.0])
        >>> updates, _ = optimiser.update(jnp.zeros(2), optimiser.init(c), c)
        >>> optax.apply_updates(c, updates)
        Array([0., 1.], dtype=float32)
    """

    def init(params: Any) -> ThresholdState:
        return ThresholdState(inner.init(params), jnp.ones(where(params).shape, bool), jnp.zeros((), jnp.int32))

    def update(updates: Any, state: Any, params: Any = None) -> tuple[Any, ThresholdState]:
        updates, memory = inner.update(updates, state.inner, params)
        steps = state.steps + 1
        old = where(params)
        new = old + where(updates)
        look = (steps % every == 0) & (steps <= until)
        kept = state.kept & (jnp.where(look, jnp.abs(new), jnp.inf) >= threshold)
        updates = eqx.tree_at(where, updates, jnp.where(kept, new, 0.0) - old)
        return updates, ThresholdState(memory, kept, steps)

    return optax.GradientTransformation(init, update)
