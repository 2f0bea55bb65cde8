"""The linear-quadratic mean-field game, with noise and with interaction, in closed form."""

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

from ..densities import Gaussian


class LinearQuadraticGame(eqx.Module):
    """Agents who are drawn to the mean of all and, at the end, to a place [@bensoussan2013].

    Each agent pays alpha |v|^2 / 2 + q |x - m(t)|^2 / 2 on its way, m being the mean of all, and g |x - goal|^2 / 2 at
    time T; its noise has diffusivity nu. With phi = P |x|^2 / 2 + s x + c,

        -P' + P^2 / alpha = q,  P(T) = g;    -s' + P s / alpha = -q m,  s(T) = -g goal;    m' = -(P m + s) / alpha.

    The slope y = P m + s at the mean does not change in time, since the mean is drawn to itself. Therefore, with
    kappa = (alpha q)^1/2, tau = T - t, D(tau) = cosh(kappa tau / alpha) + g sinh(kappa tau / alpha) / kappa,

        P = alpha D'(tau) / D(tau),    y = g (m(0) - goal) / (1 + g T / alpha),    m = m(0) - y t / alpha,
        phi = P |x - m|^2 / 2 + y (x - m) + g |m(T) - goal|^2 / 2 + |y|^2 tau / (2 alpha) + nu d alpha log D(tau).

    Args:
        initial: rho(0).
        goal: where agents are drawn at the end.
        g: the weight of that, at least 0.
        q: the weight of the interaction, at least 0.
        nu: the diffusivity, at least 0.
        alpha: the weight of the transport, positive.
        duration: T.

    Raises:
        ValueError: a number is out of its range, or the goal has not the dimension of the density.

    Example:
        >>> game = LinearQuadraticGame(Gaussian.isotropic(jnp.zeros(2), 0.5), goal=jnp.ones(2), g=1.0, nu=0.1)
        >>> [round(float(game.phi(jnp.zeros(2), t)), 4) for t in (0.0, 1.0)]  # (1 + 0.2 log 4) / 2 at first
        [0.6386, 1.0]
    """

    initial: Gaussian
    goal: Float[Array, " d"]
    g: Float[Array, ""] = eqx.field(converter=jnp.asarray, default=1.0)
    q: Float[Array, ""] = eqx.field(converter=jnp.asarray, default=0.0)
    nu: Float[Array, ""] = eqx.field(converter=jnp.asarray, default=0.0)
    alpha: Float[Array, ""] = eqx.field(converter=jnp.asarray, default=1.0)
    duration: float = eqx.field(static=True, default=1.0)

    def __check_init__(self):
        if self.goal.shape != self.initial.mean.shape:
            raise ValueError(
                f"LinearQuadraticGame expects a goal of shape {self.initial.mean.shape} as the density has, "
                f"got {self.goal.shape}."
            )
        if min(self.g, self.q, self.nu) < 0 or not self.alpha > 0 or not self.duration > 0:
            raise ValueError(
                f"LinearQuadraticGame expects g, q, nu >= 0 and alpha, duration > 0, got g={self.g}, q={self.q}, "
                f"nu={self.nu}, alpha={self.alpha}, duration={self.duration}."
            )

    def curvature(self, t: float | Float[Array, ""]) -> Float[Array, ""]:
        """P(t), of the value function."""
        cosh, sinh = self._hyperbolic(t)
        return (self.alpha * self.q * sinh + self.g * cosh) / (cosh + self.g * sinh)

    def slope(self) -> Float[Array, " d"]:
        """y, of the value function at the mean, at all times."""
        return self.g * (self.initial.mean - self.goal) / (1 + self.g * self.duration / self.alpha)

    def mean(self, t: float | Float[Array, ""]) -> Float[Array, " d"]:
        """m(t), of all agents: a straight way at constant speed."""
        return self.initial.mean - self.slope() * t / self.alpha

    def covariance(self, t: float | Float[Array, ""]) -> Float[Array, "d d"]:
        """Of the agents: S' = -2 P S / alpha + 2 nu I."""
        cosh, sinh = self._hyperbolic(t)
        cosh0, sinh0 = self._hyperbolic(0.0)
        now, first = cosh + self.g * sinh, cosh0 + self.g * sinh0
        spread = 2 * self.nu * self.alpha * (sinh0 / first - sinh / now)
        eye = jnp.eye(len(self.goal), dtype=self.goal.dtype)
        return now**2 * (self.initial.covariance / first**2 + spread * eye)

    def phi(self, x: Float[Array, " d"], t: float | Float[Array, ""]) -> Float[Array, ""]:
        """The value function: what an agent at x has still to pay on average."""
        cosh, sinh = self._hyperbolic(t)
        y, left = self.slope(), x - self.mean(t)
        end = self.g * jnp.sum((self.mean(self.duration) - self.goal) ** 2) / 2
        noise = self.nu * len(x) * self.alpha * jnp.log(cosh + self.g * sinh)
        along = jnp.sum(y**2) * (self.duration - t) / (2 * self.alpha)
        return self.curvature(t) * jnp.sum(left**2) / 2 + jnp.sum(y * left) + end + along + noise

    def velocity(self, x: Float[Array, " d"], t: float | Float[Array, ""]) -> Float[Array, " d"]:
        """-grad phi / alpha, the best drift."""
        return -(self.curvature(t) * (x - self.mean(t)) + self.slope()) / self.alpha

    def cost(self) -> Float[Array, ""]:
        """int phi(0) rho(0) dx: what agents pay on average."""
        return self.phi(self.initial.mean, 0.0) + self.curvature(0.0) * jnp.trace(self.initial.covariance) / 2

    def _hyperbolic(self, t: float | Array) -> tuple[Array, Array]:
        """cosh(kappa tau / alpha), and sinh of it over kappa."""
        tau = self.duration - t
        kappa = jnp.sqrt(self.alpha * self.q)
        safe = jnp.where(kappa > 0, kappa, 1)
        z = kappa * tau / self.alpha
        return jnp.cosh(z), jnp.where(kappa > 0, jnp.sinh(z) / safe, tau / self.alpha)
