"""Agents on their characteristics, with what each of them knows and pays on its way."""

from typing import NamedTuple

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

from wellposed.dynamics import RK4, Flow

from ..costs.cost import AbstractCost, per_mass, variation
from ..potential import Potential


class Agent(NamedTuple):
    """One agent at one time.

    Attributes:
        x: where it is.
        log_det: log |det dx(t)/dx(0)|, so that log rho(x(t), t) = log rho_0(x(0)) - log_det.
        kinetic: int |v|^2 / 2 dt so far.
        running: what the running costs took so far.
        hjb: int |residual of the HJB equation| dt so far.
    """

    x: Float[Array, " d"]
    log_det: Float[Array, ""]
    kinetic: Float[Array, ""]
    running: Float[Array, ""]
    hjb: Float[Array, ""]

    @classmethod
    def at(cls, x: Float[Array, " d"]) -> "Agent":
        """An agent that sets out from x."""
        zero = jnp.zeros((), x.dtype)
        return cls(x, zero, zero, zero, zero)


class Characteristics(eqx.Module):
    """The field of an agent that follows a potential: dx/dt = -grad Phi / kinetic [@ruthotto2020mfg].

    The HJB equation asks that -dPhi/dt + |grad Phi|^2 / (2 kinetic) = dF/drho along the way.

    Args:
        phi: the potential.
        running: the running costs.
        kinetic: alpha_L.

    Shapes:
        A field of `Agent`s; its argument is log rho_0 at the agent's start.
    """

    phi: Potential
    running: tuple[AbstractCost, ...]
    kinetic: float | Float[Array, ""]

    def __call__(self, t: Float[Array, ""], agent: Agent, log_rho_0: Float[Array, ""]) -> Agent:
        """The rates of all that the agent carries."""
        d = self.phi.derivatives(agent.x, t)
        v = -d.gradient / self.kinetic
        energy = v @ v / 2
        log_rho = log_rho_0 - agent.log_det
        residual = self.kinetic * energy - d.time - variation(self.running, agent.x, log_rho)
        paid = per_mass(self.running, agent.x, log_rho)
        return Agent(v, -d.laplacian / self.kinetic, energy, paid, jnp.abs(residual))

    def flow(self, horizon: float | Float[Array, ""], steps: int) -> Flow:
        """The agents' flow from time 0 to the horizon."""
        return Flow(self, RK4(), t1=horizon, steps=steps)
