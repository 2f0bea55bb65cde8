"""The equidistant times that a discrete forecast steps through."""

import numpy as np
from jax.core import Tracer
from jaxtyping import ArrayLike, Float


def ticks(ts: Float[ArrayLike, " times"], step: float, name: str) -> int:
    """How many steps there are between `ts`, which lie one step apart.

    Times that are traced by a transformation are taken at their word.

    Raises:
        ValueError: if the times are not one step apart.
    """
    if not isinstance(ts, Tracer):
        gaps = np.diff(np.asarray(ts, float))
        if not np.allclose(gaps, step, rtol=1e-3):
            raise ValueError(
                f"{name} expects times one step of {step:.4g} apart, as it was trained on, got gaps from "
                f"{gaps.min():.4g} to {gaps.max():.4g}: predict at every step and interpolate."
            )
    return np.shape(ts)[0] - 1
