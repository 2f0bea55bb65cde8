"""How fast small oscillations of the wake grow or decay."""

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, ArrayLike, Float

from .growth import Growth, growth
from .navier_stokes import State
from .steady import SteadyFlows
from .wake import Wake, march


def growth_rates(
    wake: Wake,
    steady: SteadyFlows,
    disturbance: Float[ArrayLike, "2 elements q"],
    reynolds: Float[np.ndarray, " n"],
    settle: float = 90.0,
    length: float = 60.0,
) -> list[Growth]:
    """The growth of the lift of slightly disturbed steady flows.

    After some time the least stable mode is all that is left of a disturbance; its lift is then one oscillation.

    Args:
        wake: the cylinder; a largest step that suits the largest Reynolds number.
        steady: its steady flows.
        disturbance: what is added to them, small and not symmetric about y = 0.
        reynolds: the Reynolds numbers.
        settle: how long the other modes may decay, in diameters over speed at the largest Reynolds number.
        length: how long the lift is looked at then.
    """
    begin = steady.at(reynolds).astype(wake.flow.space.mass.dtype)
    begin = begin + jnp.asarray(disturbance, begin.dtype)[None]
    states = State(begin, begin, jnp.zeros_like(begin[:, 0]), jnp.zeros(reynolds.size, begin.dtype))
    dt = wake.nu_dt * float(reynolds.max())
    every = max(1, round(1.0 / dt))  # an eighth of a period
    states = march(wake, states, reynolds, round(settle / dt))
    viscosities = 1.0 / jnp.asarray(reynolds, begin.dtype)
    lifts: list[Array] = []
    for _ in range(round(length / (dt * every))):
        states = march(wake, states, reynolds, every)
        lifts.append(_lifts(wake, states, viscosities))
    intervals = every * wake.nu_dt * reynolds
    return [growth(np.asarray(signal), float(h)) for signal, h in zip(jnp.stack(lifts, axis=1), intervals, strict=True)]


def _lifts(wake: Wake, states: State, viscosities: Float[Array, " n"]) -> Float[Array, " n"]:
    lift = lambda u, p, nu: wake.force(wake.flow.space, u, p, nu)[1]
    return jax.vmap(lift)(states.velocity, states.pressure, viscosities)
