"""The states of a learned field at given times."""

from typing import Any

import jax.numpy as jnp
from jaxtyping import Array, ArrayLike, Float, PyTree

from wellposed.dynamics.adaptive import Adaptive
from wellposed.dynamics.flow import Flow
from wellposed.dynamics.problem import Field
from wellposed.dynamics.schemes import AbstractScheme

Solver = Adaptive | AbstractScheme
ACCURATE = Adaptive(rtol=1e-6, atol=1e-8)
_STEPS = 4  # of a scheme, for each time that is asked for


def rollout(
    field: Field, solver: Solver, x0: Float[ArrayLike, " state"], ts: Any, parameter: PyTree = None
) -> Float[Array, "times state"]:
    """dx/dt = field(t, x, parameter) from x0 at ts[0]; a scheme takes four steps for each further time.

    Args:
        field: any.
        solver: adaptive, or a scheme, which is quick to differentiate where the times are close.
        x0: the state at ts[0].
        ts: times.
        parameter: for the field.

    Example:
        >>> found = rollout(lambda t, x, p: -x, ACCURATE, jnp.ones(1), jnp.array([0.0, 1.0]))
        >>> bool(abs(found[1, 0] - jnp.exp(-1.0)) < 1e-5)
        True
    """
    ts = jnp.asarray(ts)
    steps = None if isinstance(solver, Adaptive) else _STEPS * max(len(ts) - 1, 1)
    return Flow(field, solver, t0=ts[0], t1=ts[-1], steps=steps).trajectory(jnp.asarray(x0), ts, parameter)
