"""Radial flows: layers that draw points to a centre, or push them away."""

from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from .flow import AbstractNormalizingFlow, Path, mean_nll


class RadialFlow(AbstractNormalizingFlow):
    """Layers f(x) = x + beta (x - c) / (alpha + |x - c|), from data to base [@rezende2015].

    With h = 1 / (alpha + r): log |det| = (d - 1) log (1 + beta h) + log (1 + beta h - beta h^2 r). A layer is
    invertible for beta > -alpha, hence beta = -alpha + log(1 + e^free); the radius is then the positive root of a
    quadratic equation.

    Args:
        centre: c, stacked over layers.
        log_alpha: of alpha.
        free: what beta is made of.

    Example:
        >>> flow = RadialFlow.random(2, 4, jax.random.key(0))
        >>> flow.log_prob(jnp.zeros(2)).shape
        ()

    When it fails: as planar flows, it takes many layers.
    """

    centre: Float[Array, "layers d"]
    log_alpha: Float[Array, " layers"]
    free: Float[Array, " layers"]

    @classmethod
    def random(cls, d: int, layers: int, key: Key[Array, ""]) -> "RadialFlow":
        """Normal centres, alpha = 1, beta near 0.

        Raises:
            ValueError: a number is not positive.
        """
        if min(d, layers) < 1:
            raise ValueError(f"RadialFlow expects positive numbers, got d={d}, layers={layers}.")
        start = jnp.log(jnp.expm1(jnp.ones(layers)))
        return cls(jax.random.normal(key, (layers, d)), jnp.zeros(layers), start)

    @property
    def dimension(self) -> int:
        """d."""
        return self.centre.shape[1]

    def path(self, x: Float[Array, " d"]) -> Path:
        """The layers in closed form; the cost is |f(x) - x|^2."""

        def layer(carry: tuple[Array, Array], parameters: tuple[Array, Array, Array]) -> tuple[Any, None]:
            x, log_det = carry
            c, alpha, beta = _parts(*parameters)
            r = _length(x - c)
            h = 1 / (alpha + r)
            along = jnp.log1p(beta * h - beta * h**2 * r)
            around = (len(x) - 1) * jnp.log1p(beta * h)
            return (x + beta * h * (x - c), log_det + along + around), None

        layers = (self.centre, self.log_alpha, self.free)
        (z, log_det), _ = jax.lax.scan(layer, (x, jnp.zeros((), x.dtype)), layers)
        return Path(z, log_det, jnp.sum((z - x) ** 2))

    def inverse(self, z: Float[Array, " d"]) -> Float[Array, " d"]:
        """The layers undone, from the last to the first."""

        def layer(z: Array, parameters: tuple[Array, Array, Array]) -> tuple[Array, None]:
            c, alpha, beta = _parts(*parameters)
            y = _length(z - c)
            p = alpha + beta - y
            root = jnp.sqrt(p**2 + 4 * alpha * y)
            r = jnp.where(p > 0, 2 * alpha * y / (root + p), (root - p) / 2)  # no difference of near numbers
            return c + (z - c) / (1 + beta / (alpha + r)), None

        return jax.lax.scan(layer, z, (self.centre, self.log_alpha, self.free), reverse=True)[0]

    def terms(self, batch: Any, key: Key[Array, ""]) -> dict[str, Float[Array, ""]]:
        """The negative log-likelihood; batch: points of the data, (n, d)."""
        return {"nll": mean_nll(self, batch)}


def _parts(c: Array, log_alpha: Array, free: Array) -> tuple[Array, Array, Array]:
    """c, alpha > 0 and beta > -alpha."""
    alpha = jnp.exp(log_alpha)
    return c, alpha, jax.nn.softplus(free) - alpha


def _length(v: Float[Array, " d"]) -> Float[Array, ""]:
    """|v|, with a gradient at 0."""
    return jnp.sqrt(v @ v + jnp.finfo(v.dtype).tiny)
