"""A potential mean-field game, as all its solvers read it."""

from typing import Any

import equinox as eqx
import jax
from jax.core import Tracer
from jaxtyping import Array, Float

from ..costs.cost import AbstractCost
from ..densities import AbstractDensity


def known(value: Any) -> float | None:
    """The value of a scalar, or None while it is traced."""
    return float(value) if isinstance(value, float | int) or _concrete(value) else None


def _concrete(value: Any) -> bool:
    return isinstance(value, jax.Array) and value.ndim == 0 and not isinstance(value, Tracer)


class MeanFieldGame(eqx.Module):
    """Minimise J = int_0^T (kinetic int |v|^2/2 rho dx + F(rho)) dt + G(rho(T)) over rho and v [@ruthotto2020mfg].

    Subject to d rho/dt + div(rho v) = nu Laplace rho and rho(0) = initial. At the optimum v = -grad phi / kinetic, with
    the value function phi of

        -d phi/dt - nu Laplace phi + |grad phi|^2 / (2 kinetic) = dF/drho,  phi(T) = dG/drho.

    A grid and a network minimise the same J, so that their optima compare.

    Args:
        initial: rho(0).
        terminal: the costs whose sum is G.
        running: the costs whose sum is F; none for optimal transport.
        kinetic: alpha_L, the weight of the kinetic energy.
        nu: the diffusivity; agents move by dx = v dt + sqrt(2 nu) dW.
        horizon: T.

    Raises:
        ValueError: a weight or a time is out of its range, or a game has no terminal cost.

    Example:
        >>> import jax.numpy as jnp
        >>> from wellposed.transport import KL, Entropy, Gaussian
        >>> here, there = (Gaussian.isotropic(jnp.array([0.0, y]), 0.3) for y in (3.0, -3.0))
        >>> game = MeanFieldGame(here, (KL(5.0, there),), (Entropy(0.01),))
    """

    initial: AbstractDensity
    terminal: tuple[AbstractCost, ...]
    running: tuple[AbstractCost, ...] = ()
    kinetic: float | Float[Array, ""] = 1.0
    nu: float | Float[Array, ""] = 0.0
    horizon: float | Float[Array, ""] = 1.0

    def __check_init__(self):
        if not self.terminal:
            raise ValueError(
                "MeanFieldGame expects a terminal cost, got none: without it nobody moves; give (KL(...),)."
            )
        for name, low in (("kinetic", "above"), ("horizon", "above"), ("nu", "of at least")):
            value = known(getattr(self, name))
            if value is not None and (value < 0 or (low == "above" and value == 0)):
                raise ValueError(f"MeanFieldGame expects {name} {low} 0, got {value}.")
