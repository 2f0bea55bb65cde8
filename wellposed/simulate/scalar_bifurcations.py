"""One equation of one variable that has a saddle-node, a transcritical and a pitchfork bifurcation."""

from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Array, ArrayLike, Float

from .integrate import integrate
from .trajectories import Trajectories, until_outside


class ScalarSystem(NamedTuple):
    """The equation of [@kalia2021], seen from one of its bifurcations.

        dx/dt = 0.01 x (p - p_pf - x^2) (p - p_lp + (x - x_lp)^2)

    It has a pitchfork at x = 0, p = p_pf, a saddle-node (limit point) at x = x_lp, p = p_lp, and a transcritical
    bifurcation at x = 0, p = p_lp - x_lp^2. States are measured from the bifurcation in question, the parameter is
    the raw p.

    Attributes:
        x_lp: place of the saddle-node.
        p_lp: parameter of the saddle-node.
        p_pf: parameter of the pitchfork.
        x0: where the bifurcation in question lies.
        p0: its parameter.
    """

    x_lp: float
    p_lp: float
    p_pf: float
    x0: float
    p0: float

    def slope(self, u: Any, p: Any) -> Any:
        """du/dt at the distance u from x0, for the raw parameter p: numbers or arrays that broadcast.

        Example:
            >>> SADDLE_NODE.slope(0.0, -6.0)
            0.0
        """
        x = self.x0 + u
        return 0.01 * x * (p - self.p_pf - x**2) * (p - self.p_lp + (x - self.x_lp) ** 2)

    def equilibria(self, p: float) -> Float[np.ndarray, " some"]:
        """All real u with du/dt = 0 at the parameter p, sorted: the roots of the three factors.

        Example:
            >>> PITCHFORK.equilibria(6.25)
            array([-0.5,  0. ,  0.5])
        """
        squares = [(0.0, p - self.p_pf), (self.x_lp, self.p_lp - p)]
        pairs = [m + s * np.sqrt(square) for m, square in squares if square >= 0 for s in (-1, 1)]
        return np.sort(np.array([0.0, *pairs])) - self.x0


SADDLE_NODE = ScalarSystem(-6.0, -6.0, 6.0, -6.0, -6.0)
PITCHFORK = ScalarSystem(-6.0, -6.0, 6.0, 0.0, 6.0)
TRANSCRITICAL = ScalarSystem(-3.0, -3.0, 6.0, 0.0, -12.0)


def scalar_trajectories(
    system: ScalarSystem,
    starts: Float[ArrayLike, " trajectories"],
    parameters: Float[ArrayLike, " trajectories"],
    ts: Float[ArrayLike, " times"],
    box: float,
) -> Trajectories:
    """Solutions from the distances `starts`, which count (`inside`) until they first leave |u| <= box.

    Beyond twice the box a solution is held where it is, since it may run away to infinity in finite time.

    Args:
        system: the equation, seen from one of its bifurcations.
        starts: u(0).
        parameters: raw p of each trajectory.
        ts: increasing times from 0 on.
        box: half the width of the interval about the bifurcation.

    Example:
        >>> found = scalar_trajectories(PITCHFORK, np.array([0.1]), np.array([6.25]), np.linspace(0.0, 200.0, 3), 0.6)
        >>> found.states[0, -1].round(4)
        array([0.5])
    """
    import jax.numpy as jnp

    def held(u: Array, p: Array) -> Array:
        slope = system.slope(jnp.clip(u, -2 * box, 2 * box), p)
        return jnp.where(jnp.abs(u) < 2 * box, slope, 0.0)

    found = integrate(held, np.asarray(starts, float)[:, None], parameters, ts)
    return found._replace(inside=until_outside(found.states, box))
