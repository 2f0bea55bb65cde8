"""Steady flows past the cylinder, also where they are unstable."""

from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from .wake import Wake, march, reflected, start, stream


class SteadyFlows(NamedTuple):
    """Steady flows as a polynomial in the Reynolds number, through Chebyshev points of its range.

    Attributes:
        reynolds: the points.
        velocity: the flow at each of them.
        change: the largest |du/dt| that was left, at each of them.
    """

    reynolds: Float[np.ndarray, " points"]
    velocity: Float[np.ndarray, "points 2 elements q"]
    change: Float[np.ndarray, " points"]

    def at(self, reynolds: Float[np.ndarray, " n"]) -> Float[Array, "n 2 elements q"]:
        """The steady flows at other Reynolds numbers of the range."""
        gap = self.reynolds[:, None] - self.reynolds[None, :] + np.eye(self.reynolds.size)
        others = np.where(np.eye(self.reynolds.size, dtype=bool), 1.0, reynolds[:, None, None] - self.reynolds)
        weights = np.prod(others / gap, axis=-1)  # Lagrange's polynomials
        return jnp.einsum("nk,kceq->nceq", jnp.asarray(weights, self.velocity.dtype), jnp.asarray(self.velocity))


def steady_flows(wake: Wake, low: float, high: float, points: int = 6, time: float = 200.0) -> SteadyFlows:
    """Follow flows that are kept symmetric about y = 0 until they rest.

    What makes the wake oscillate is antisymmetric, so that taking off this part keeps the unstable steady flow.

    Args:
        wake: the cylinder.
        low: smallest Reynolds number.
        high: largest Reynolds number.
        points: how many flows.
        time: how long the flow of the largest Reynolds number goes on; the others in proportion to theirs.
    """
    nodes = np.cos(np.pi * np.arange(points)[::-1] / (points - 1))
    reynolds = low + (high - low) * (1.0 + nodes) / 2.0
    states, every = start(wake, stream, points), 20
    for _ in range(int(np.ceil(time / (wake.nu_dt * high * every)))):
        states = march(wake, states, reynolds, every)
        even = lambda u: (u + reflected(u, wake)) / 2.0
        states = states._replace(velocity=even(states.velocity), before=even(states.before))
    change = jnp.abs(states.velocity - states.before).max(axis=(1, 2, 3))
    return SteadyFlows(reynolds, np.asarray(states.velocity), np.asarray(change) / (wake.nu_dt * reynolds))
