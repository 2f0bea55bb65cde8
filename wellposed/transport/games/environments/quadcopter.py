"""A swarm of quadcopters, in the twelve dimensions of one."""

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

from ...densities import Gaussian
from .environment import Distance, Environment, nothing


class QuadcopterHamiltonian(eqx.Module):
    """H for thrust and torques that cost L = u^2 + |tau|^2 [@lin2021].

    x = (place, angles, velocity, rates of the angles), with the angles psi, theta and phi, and

        place' = velocity,   angles' = rates,   velocity' = u b / mass - g e_3,   rates' = tau,
        b_1 = sin phi sin psi + cos phi cos psi sin theta,
        b_2 = cos phi sin theta sin psi - cos psi sin phi,
        b_3 = cos theta cos phi,

    so that H = -p . (velocity, rates, -g e_3, 0) + (p_velocity . b / mass)^2 / 4 + |p_rates|^2 / 4.

    Args:
        mass: in kg.
        gravity: in m/s^2.

    Example:
        >>> H = QuadcopterHamiltonian(0.5, 9.81)
        >>> round(float(H(jnp.zeros(12), jnp.zeros(12).at[8].set(1.0))), 2)  # 9.81 + 1 / (4 * 0.25)
        10.81
    """

    mass: float
    gravity: float

    def __call__(self, x: Float[Array, " d"], p: Float[Array, " d"]) -> Float[Array, ""]:
        """H(x, p)."""
        psi, theta, phi = x[3], x[4], x[5]
        b = jnp.stack(
            [
                jnp.sin(phi) * jnp.sin(psi) + jnp.cos(phi) * jnp.cos(psi) * jnp.sin(theta),
                jnp.cos(phi) * jnp.sin(theta) * jnp.sin(psi) - jnp.cos(psi) * jnp.sin(phi),
                jnp.cos(theta) * jnp.cos(phi),
            ]
        )
        free = -(p[:6] @ x[6:]) + self.gravity * p[8]
        return free + (p[6:9] @ b / self.mass) ** 2 / 4 + jnp.sum(p[9:] ** 2) / 4


class SmoothCompany(eqx.Module):
    """K(x, y) = weight N(x - y; 0, I), over the place [@lin2021].

    Args:
        weight: at least 0.
    """

    weight: float

    def __call__(self, x: Float[Array, " d"], y: Float[Array, " d"]) -> Float[Array, ""]:
        """K(x, y)."""
        return self.weight * (2 * jnp.pi) ** -1.5 * jnp.exp(-jnp.sum((x[:3] - y[:3]) ** 2) / 2)


def quadcopter() -> Environment:
    """From about (-2, -2, -2) to rest at (2, 2, 2) in 4 s, each of 0.5 kg, with company, nu = 0.01 [@lin2021].

    Example:
        >>> quadcopter().initial.mean.shape
        (12,)
    """
    mean = jnp.zeros(12).at[:3].set(-2.0)
    spread = jnp.sqrt(jnp.full(12, 1e-3).at[:3].set(0.25))
    return Environment(
        Gaussian(mean, jnp.diag(spread)),
        Distance(5.0, jnp.array([2.0, 2.0, 2.0, 0.0, 0.0, 0.0]), (0, 1, 2, 6, 7, 8)),
        QuadcopterHamiltonian(0.5, 9.81),
        nothing,
        SmoothCompany(20.0),
        nu=0.01,
        horizon=4.0,
    )
