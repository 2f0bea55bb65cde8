"""The cell-wise steps of the splitting: small convex problems, solved by a fixed number of safe Newton steps."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from .tabulated import FLOOR, NodeCosts

_KINETIC_STEPS = 6
_NODE_STEPS = 6


def kinetic(
    face: Float[Array, "..."], momentum: Float[Array, "..."], alpha: Array, on_density: Array, on_momentum: Array
) -> tuple[Float[Array, "..."], Float[Array, "..."]]:
    """The least of alpha |m|^2 / (2 rho) + on_density (rho - face)^2 / 2 + on_momentum (m - momentum)^2 / 2, rho >= 0.

    There m = momentum rho / (rho + s) with s = alpha / on_momentum, and rho is the largest root of the cubic
    (rho - face) (rho + s)^2 = alpha momentum^2 / (2 on_density), or zero. Newton's method comes down to it from a point
    above, where the cubic is convex.
    """
    s = alpha / on_momentum
    right = alpha * momentum**2 / (2 * on_density)
    root = jnp.sqrt(jnp.sqrt(right / s**3))
    rho = jnp.maximum(face, 0) + jnp.minimum(right / s**2, s * root * jnp.sqrt(root))  # above the root: 3/8 > 1/3
    for _ in range(_KINETIC_STEPS):
        ahead = rho + s
        value = (rho - face) * ahead**2 - right
        slope = ahead * (ahead + 2 * (rho - face))
        rho = jnp.maximum(rho - value / slope, jnp.maximum(face, 0))
    return rho, momentum * rho / (rho + s)


def node(
    costs: NodeCosts, goal: Float[Array, "steps *space"], weight: Array, log_rho: Float[Array, "steps *space"]
) -> Float[Array, "steps *space"]:
    """log rho at the least of f(rho) + weight (rho - goal)^2 / 2, from a guess.

    Newton's method in rho where that comes from below, as the equation is concave there for an entropy; in log rho
    where it would leave rho > 0.
    """
    slope_of = lambda u: jax.jvp(costs.variation, (u,), (jnp.ones_like(u),))

    def newton(_: Array, u: Array) -> Array:
        rho = weight * jnp.exp(u)
        price, slope = slope_of(u)
        step = -(rho - weight * goal + price) / (rho + slope)
        change = jnp.where(step > -0.9, jnp.log1p(jnp.maximum(step, -0.9)), step)
        return jnp.clip(u + jnp.clip(change, -20, 20), FLOOR, -FLOOR)

    return jax.lax.fori_loop(0, _NODE_STEPS, newton, log_rho)
