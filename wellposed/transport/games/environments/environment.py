"""What a game is made of when agents have a Hamiltonian of their own."""

from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from ...densities import AbstractDensity


class Environment(eqx.Module):
    """Agents dx = f(x, u) dt + sqrt(2 nu) dW who pay L(x, u), obstacles and company on the way, and Psi at the end.

    Their value function obeys, with H(x, p) = sup_u (-p . f(x, u) - L(x, u)) [@lin2021],

        -d phi/dt - nu Laplace phi + H(x, grad phi) = Q(x) + E_y K(x, y),    phi(T) = Psi,

    and the best of them move by f = -dH/dp, paying L = p . dH/dp - H.

    Args:
        initial: rho(0).
        terminal: Psi.
        hamiltonian: H, a pure function of (x, p).
        obstacle: Q.
        company: K(x, y), symmetric: what one agent pays for another.
        nu: the diffusivity.
        horizon: T.
        shown: half the side of the window of pictures, about the origin.
    """

    initial: AbstractDensity
    terminal: Callable[[Any], Any]
    hamiltonian: Callable[[Any, Any], Any]
    obstacle: Callable[[Any], Any]
    company: Callable[[Any, Any], Any]
    nu: float
    horizon: float
    shown: float = eqx.field(static=True, default=3.0)

    def motion(self, x: Float[Array, " d"], p: Float[Array, " d"]) -> Float[Array, " d"]:
        """-dH/dp: how an agent moves who knows p = grad phi."""
        return -jax.grad(self.hamiltonian, argnums=1)(x, p)

    def effort(self, x: Float[Array, " d"], p: Float[Array, " d"]) -> Float[Array, ""]:
        """L = p . dH/dp - H, what that motion costs."""
        return -p @ self.motion(x, p) - self.hamiltonian(x, p)


class LimitedSpeed(eqx.Module):
    """H = c |p|: motion is free up to the speed c, and impossible beyond [@lin2021].

    Args:
        speed: c.

    Example:
        >>> float(LimitedSpeed(5.0)(jnp.zeros(2), jnp.array([3.0, 4.0])))
        25.0
    """

    speed: float

    def __call__(self, x: Float[Array, " d"], p: Float[Array, " d"]) -> Float[Array, ""]:
        """H(x, p)."""
        return self.speed * length(p)


class Distance(eqx.Module):
    """Psi(x) = weight |x_k - target|, over chosen coordinates.

    Args:
        weight: positive.
        target: where to end.
        coordinates: which of x are compared with it.
    """

    weight: float
    target: Float[Array, " k"]
    coordinates: tuple[int, ...] = eqx.field(static=True)

    def __call__(self, x: Float[Array, " d"]) -> Float[Array, ""]:
        """Psi(x)."""
        return self.weight * length(x[jnp.array(self.coordinates)] - self.target)


def length(v: Float[Array, " k"]) -> Float[Array, ""]:
    """|v|, with a derivative at zero."""
    return jnp.sqrt(jnp.sum(v**2) + 1e-12)


def nothing(*_: Float[Array, " d"]) -> Float[Array, ""]:
    """No obstacle, or no company."""
    return jnp.zeros(())
