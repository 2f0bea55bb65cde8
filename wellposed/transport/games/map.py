"""Where a learned potential takes each agent."""

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

from wellposed.dynamics import RK4, Flow

from ..potential import Potential


class PotentialMap(eqx.Module):
    """x(0) -> x(T) along dx/dt = -grad Phi(x, t) / kinetic: the map of a learned potential [@ruthotto2020mfg].

    Args:
        phi: the potential.
        kinetic: alpha_L.
        horizon: T.
        steps: of RK4.

    Shapes:
        `(d,) -> (d,)`; `trajectory` gives `(steps + 1, d)`.

    Example:
        >>> import jax
        >>> move = PotentialMap(Potential.random(2, 8, jax.random.key(0)))
        >>> x = jnp.array([0.5, -0.5])
        >>> bool(jnp.abs(move.inverse(move(x)) - x).max() < 1e-4)
        True
    """

    phi: Potential
    kinetic: Float[Array, ""] = eqx.field(converter=jnp.asarray, default=1.0)
    horizon: float = eqx.field(static=True, default=1.0)
    steps: int = eqx.field(static=True, default=32)

    def __call__(self, x: Float[Array, " d"]) -> Float[Array, " d"]:
        """x(T)."""
        return self._flow()(x)

    def inverse(self, x: Float[Array, " d"]) -> Float[Array, " d"]:
        """x(0) of the agent that ends at x."""
        return self._flow().inverse(x)

    def trajectory(self, x: Float[Array, " d"]) -> Float[Array, "times d"]:
        """The way, at the ends of the steps."""
        return self._flow().trajectory(x)

    def _flow(self) -> Flow:
        return Flow(_Velocity(self.phi, self.kinetic), RK4(), t1=self.horizon, steps=self.steps)


class _Velocity(eqx.Module):
    phi: Potential
    kinetic: Array

    def __call__(self, t: Array, x: Array, args: None) -> Array:
        return -self.phi.gradient(x, t) / self.kinetic
