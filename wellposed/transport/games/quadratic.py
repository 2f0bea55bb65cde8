"""A quadratic terminal cost, and the value function of the game in which nothing else is paid."""

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float


class Quadratic(eqx.Module):
    """Psi(x) = weight |x - target|^2 / 2, for `Preference(Quadratic(...))`.

    Args:
        weight: g, positive.
        target: where agents should end.

    Example:
        >>> float(Quadratic(4.0, jnp.array([1.0, 0.0]))(jnp.zeros(2)))
        2.0
    """

    weight: float | Float[Array, ""]
    target: Float[Array, " d"]

    def __call__(self, x: Float[Array, " d"]) -> Float[Array, ""]:
        """Psi(x)."""
        return jnp.asarray(self.weight, x.dtype) * jnp.sum((x - self.target) ** 2) / 2


class QuadraticValue(eqx.Module):
    """The value function of the game that pays kinetic energy and a quadratic terminal cost alone [@bensoussan2013].

    With alpha = kinetic and s = T - t,

        phi = P(t) |x - target|^2 / 2 + nu alpha d log(1 + g s / alpha),    P(t) = g / (1 + g s / alpha).

    It solves the Hamilton-Jacobi-Bellman equation on the whole space, and is where the value function of a game with
    obstacles begins, which it bounds from below.

    Args:
        cost: the terminal cost.
        kinetic: alpha.
        nu: the diffusivity.
        horizon: T.

    Example:
        >>> phi = QuadraticValue(Quadratic(1.0, jnp.zeros(2)), 1.0, 0.5, 1.0)
        >>> round(float(phi(jnp.array([1.0, 1.0]), jnp.array(0.0))), 4)  # 1/2 + log 2
        1.1931
    """

    cost: Quadratic
    kinetic: float | Float[Array, ""]
    nu: float | Float[Array, ""]
    horizon: float | Float[Array, ""]

    def __call__(self, x: Float[Array, " d"], t: Float[Array, ""]) -> Float[Array, ""]:
        """phi(x, t)."""
        stretch = 1 + self.cost.weight * (self.horizon - t) / self.kinetic
        return self.cost(x) / stretch + self.nu * self.kinetic * len(x) * jnp.log(stretch)
