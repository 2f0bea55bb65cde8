"""Planar flows: layers that move points along a direction, by what they are in another."""

from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from .flow import AbstractNormalizingFlow, Path, mean_nll

_HALVINGS = 40


class PlanarFlow(AbstractNormalizingFlow):
    """Layers f(x) = x + u tanh(w'x + b), from data to base [@rezende2015].

    log |det| = log |1 + (1 - tanh^2) w'u|, and u is moved along w until w'u > -1, so that each layer is invertible:
    its inverse is one equation in w'x, which increases. The paper takes base to data this way; here the closed form
    is spent on log p, which is what data ask for.

    Args:
        u: the directions, stacked over layers, free.
        w: what the moves depend on.
        b: shifts.

    Example:
        >>> flow = PlanarFlow.random(2, 4, jax.random.key(0))
        >>> flow.sample(jax.random.key(1), 3).shape
        (3, 2)

    When it fails: a layer bends space along one plane only, so that many are needed even in the plane.
    """

    u: Float[Array, "layers d"]
    w: Float[Array, "layers d"]
    b: Float[Array, " layers"]

    @classmethod
    def random(cls, d: int, layers: int, key: Key[Array, ""]) -> "PlanarFlow":
        """Layers that are near the identity.

        Raises:
            ValueError: a number is not positive.
        """
        if min(d, layers) < 1:
            raise ValueError(f"PlanarFlow expects positive numbers, got d={d}, layers={layers}.")
        for_u, for_w, for_b = jax.random.split(key, 3)
        w = jax.random.normal(for_w, (layers, d)) / d**0.5
        return cls(0.1 * jax.random.normal(for_u, (layers, d)), w, jax.random.normal(for_b, (layers,)))

    @property
    def dimension(self) -> int:
        """d."""
        return self.u.shape[1]

    def path(self, x: Float[Array, " d"]) -> Path:
        """The layers in closed form; the cost is |f(x) - x|^2."""

        def layer(carry: tuple[Array, Array], parameters: tuple[Array, Array, Array]) -> tuple[Any, None]:
            x, log_det = carry
            u, w, b = parameters
            u = _kept_invertible(u, w)
            h = jnp.tanh(w @ x + b)
            return (x + u * h, log_det + jnp.log1p((1 - h**2) * (w @ u))), None

        (z, log_det), _ = jax.lax.scan(layer, (x, jnp.zeros((), x.dtype)), (self.u, self.w, self.b))
        return Path(z, log_det, jnp.sum((z - x) ** 2))

    def inverse(self, z: Float[Array, " d"]) -> Float[Array, " d"]:
        """The layers undone, from the last to the first."""

        def layer(z: Array, parameters: tuple[Array, Array, Array]) -> tuple[Array, None]:
            u, w, b = parameters
            u = _kept_invertible(u, w)
            return z - u * jnp.tanh(_solved(w @ z, w @ u, b) + b), None

        return jax.lax.scan(layer, z, (self.u, self.w, self.b), reverse=True)[0]

    def terms(self, batch: Any, key: Key[Array, ""]) -> dict[str, Float[Array, ""]]:
        """The negative log-likelihood; batch: points of the data, (n, d)."""
        return {"nll": mean_nll(self, batch)}


def _kept_invertible(u: Float[Array, " d"], w: Float[Array, " d"]) -> Float[Array, " d"]:
    """u + (m(w'u) - w'u) w / |w|^2 with m(a) = -1 + log(1 + e^a): then w'u = m > -1."""
    a = w @ u
    return u + (jax.nn.softplus(a) - 1 - a) * w / (w @ w + jnp.finfo(w.dtype).tiny)


def _solved(y: Float[Array, ""], c: Float[Array, ""], b: Float[Array, ""]) -> Float[Array, ""]:
    """The a with a + c tanh(a + b) = y, c > -1: the bracket |a - y| <= |c| halved, then Newton's last digits."""

    def halve(bracket: tuple[Array, Array], _: None) -> tuple[tuple[Array, Array], None]:
        low, high = bracket
        middle = (low + high) / 2
        above = middle + c * jnp.tanh(middle + b) > y
        return (jnp.where(above, low, middle), jnp.where(above, middle, high)), None

    (low, high), _ = jax.lax.scan(halve, (y - jnp.abs(c), y + jnp.abs(c)), length=_HALVINGS)
    a = jax.lax.stop_gradient((low + high) / 2)
    for _ in range(2):
        h = jnp.tanh(a + b)
        step = (a + c * h - y) / (1 + c * (1 - h**2))
        a = a - jnp.clip(step, -1e-3, 1e-3)  # where the slope vanishes, the bracket knows better
    return a
