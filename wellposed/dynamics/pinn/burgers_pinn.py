"""A physics-informed network for Burgers' equation, forward and inverse."""

from collections.abc import Callable

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key


class BurgersPINN(eqx.Module):
    """u(t, x) with u_t + c u u_x = nu u_xx, the equation being part of what is minimised [@raissi2019].

    Forward, c and nu are known; inverse, they are learned with the network, nu by its logarithm. The residuals are
    `defect`, where the equation is to hold, and `misfit`, where u is known; `levenberg_marquardt` brings the sum of
    their mean squares down.

    Args:
        network: u, `(t, x) -> u`, such as a `FieldNetwork`.
        advection: c.
        log_viscosity: log(nu).
        inverse: whether c and nu are learned.

    Example:
        >>> from wellposed.dynamics import FieldNetwork
        >>> u = FieldNetwork(4, 1, (0.0, 1.0), (-1.0, 1.0), jax.random.key(0))
        >>> pinn = BurgersPINN(u, jnp.array(1.0), jnp.log(jnp.array(0.1)))
        >>> pinn.equations()
        ('u_t + 1 u u_x = 0.1 u_xx',)

    When it fails: a viscosity so small that the shock is thinner than the distance of the points.
    """

    network: Callable[[Array, Array], Array]
    advection: Float[Array, ""]
    log_viscosity: Float[Array, ""]
    inverse: bool = eqx.field(static=True, default=False)

    @property
    def viscosity(self) -> Float[Array, ""]:
        """nu."""
        return jnp.exp(self.log_viscosity)

    @property
    def trainable(self) -> "BurgersPINN":
        """Which leaves are learned, as a tree of booleans."""
        every = jax.tree.map(eqx.is_inexact_array, self)
        known = lambda pinn: (pinn.advection, pinn.log_viscosity)
        return every if self.inverse else eqx.tree_at(known, every, (False, False))

    def __call__(self, place: Float[Array, "2"]) -> Float[Array, ""]:
        """u at (t, x)."""
        return self.network(place[0], place[1])

    def grid(self, ts: Float[Array, " times"], xs: Float[Array, " places"]) -> Float[Array, "times places"]:
        """u at all pairs of a time and a place."""
        return jax.vmap(lambda t: jax.vmap(lambda x: self.network(t, x))(xs))(ts)

    def defect(self, place: Float[Array, "2"]) -> Float[Array, ""]:
        """u_t + c u u_x - nu u_xx at (t, x)."""
        t, x = place
        along = lambda s: jax.jvp(lambda r: self.network(t, r), (s,), (jnp.ones_like(s),))
        (u, u_x), (_, u_xx) = jax.jvp(along, (x,), (jnp.ones_like(x),))
        _, u_t = jax.jvp(lambda s: self.network(s, x), (t,), (jnp.ones_like(t),))
        return u_t + self.advection * u * u_x - self.viscosity * u_xx

    def misfit(self, given: tuple[Float[Array, "2"], Float[Array, ""]]) -> Float[Array, ""]:
        """u - value at (t, x)."""
        place, value = given
        return self(place) - value

    def equations(self) -> tuple[str, ...]:
        """The equation with its coefficients."""
        return (f"u_t + {float(self.advection):.4g} u u_x = {float(self.viscosity):.4g} u_xx",)


def burgers_conditions(key: Key[Array, ""], count: int) -> tuple[Float[Array, "m 2"], Float[Array, " m"]]:
    """Half of the points at t = 0, where u = -sin(pi x), and a quarter on each of x = -1 and x = 1, where u = 0."""
    first, second = jax.random.split(key)
    x = jax.random.uniform(first, (count // 2,), minval=-1.0, maxval=1.0)
    t = jax.random.uniform(second, (count - count // 2,))
    side = jnp.where(jnp.arange(len(t)) % 2 == 0, -1.0, 1.0)
    places = jnp.concatenate([jnp.stack([0 * x, x], axis=1), jnp.stack([t, side], axis=1)])
    return places, jnp.concatenate([-jnp.sin(jnp.pi * x), 0 * t])
