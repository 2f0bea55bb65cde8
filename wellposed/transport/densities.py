"""Densities that are known: what transport begins and ends with."""

import abc

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key


class AbstractDensity(eqx.Module):
    """A probability density on R^d."""

    @abc.abstractmethod
    def log_prob(self, x: Float[Array, " d"]) -> Float[Array, ""]:
        """log rho(x), of one point."""

    @abc.abstractmethod
    def sample(self, key: Key[Array, ""], n: int) -> Float[Array, "n d"]:
        """n independent points."""


class Gaussian(AbstractDensity):
    """The normal density N(mean, factor factor').

    Args:
        mean: of the density.
        factor: a square root of the covariance, lower triangular.

    Example:
        >>> Gaussian.isotropic(jnp.zeros(2), 0.3).log_prob(jnp.zeros(2)).round(4)
        Array(-0.6339, dtype=float32)
    """

    mean: Float[Array, " d"]
    factor: Float[Array, "d d"]

    @classmethod
    def isotropic(cls, mean: Float[Array, " d"], variance: float | Array) -> "Gaussian":
        """N(mean, variance I)."""
        return cls(mean, jnp.sqrt(variance) * jnp.eye(len(mean), dtype=mean.dtype))

    @property
    def covariance(self) -> Float[Array, "d d"]:
        """factor factor'."""
        return self.factor @ self.factor.T

    def log_prob(self, x: Float[Array, " d"]) -> Float[Array, ""]:
        """log rho(x)."""
        white = jax.scipy.linalg.solve_triangular(self.factor, x - self.mean, lower=True)
        log_det = jnp.sum(jnp.log(jnp.abs(jnp.diagonal(self.factor))))
        return -(white @ white) / 2 - log_det - len(self.mean) * jnp.log(2 * jnp.pi).astype(x.dtype) / 2

    def sample(self, key: Key[Array, ""], n: int) -> Float[Array, "n d"]:
        """n independent points."""
        white = jax.random.normal(key, (n, len(self.mean)), self.mean.dtype)
        return self.mean[None] + white @ self.factor.T

    def matched_sample(self, key: Key[Array, ""], n: int) -> Float[Array, "n d"]:
        """n points whose mean and covariance are those of the density [@boyle1997].

        Means of quadratic functions have no error then, at the price of a bias of the order 1 / n in others.

        Raises:
            ValueError: there are no more points than dimensions.

        Example:
            >>> points = Gaussian.isotropic(jnp.ones(2), 4.0).matched_sample(jax.random.key(0), 5)
            >>> bool(jnp.allclose(jnp.cov(points.T, bias=True), 4 * jnp.eye(2), atol=1e-5))
            True
        """
        if n <= len(self.mean):
            raise ValueError(f"matched_sample expects more points than the {len(self.mean)} dimensions, got {n}.")
        white = jax.random.normal(key, (n, len(self.mean)), self.mean.dtype)
        white = white - jnp.mean(white, axis=0, keepdims=True)
        root = jnp.linalg.cholesky(white.T @ white / n)
        white = jax.scipy.linalg.solve_triangular(root, white.T, lower=True).T
        return self.mean[None] + white @ self.factor.T


class Mixture(AbstractDensity):
    """Equal parts of normal densities N(mean_i, diag(variance)).

    Args:
        means: of the parts.
        variance: of each part, one number for all directions or one for each.

    Example:
        >>> ring(8, 4.0, 0.3, 10).means.shape
        (8, 10)
    """

    means: Float[Array, "parts d"]
    variance: Float[Array, "..."] = eqx.field(converter=jnp.asarray)

    def log_prob(self, x: Float[Array, " d"]) -> Float[Array, ""]:
        """log rho(x)."""
        parts, d = self.means.shape
        variances = jnp.broadcast_to(self.variance, (d,)).astype(x.dtype)
        squares = jnp.sum((x[None] - self.means) ** 2 / variances[None], axis=1)
        log_norm = jnp.sum(jnp.log(2 * jnp.pi * variances)) / 2 + jnp.log(jnp.asarray(parts, x.dtype))
        return jax.scipy.special.logsumexp(-squares / 2) - log_norm

    def sample(self, key: Key[Array, ""], n: int) -> Float[Array, "n d"]:
        """n independent points."""
        for_part, for_noise = jax.random.split(key)
        parts = jax.random.randint(for_part, (n,), 0, len(self.means))
        noise = jax.random.normal(for_noise, (n, self.means.shape[1]), self.means.dtype)
        deviations = jnp.sqrt(jnp.broadcast_to(self.variance, noise.shape[1:])).astype(noise.dtype)
        return self.means[parts] + deviations[None] * noise


def ring(parts: int, radius: float, variance: float, d: int = 2) -> Mixture:
    """Normal densities on a circle in the first two dimensions, the others centred at zero [@ruthotto2020mfg].

    The published problem of optimal transport has 8 parts at radius 4.
    """
    angles = 2 * jnp.pi * jnp.arange(parts) / parts
    plane = radius * jnp.stack([jnp.cos(angles), jnp.sin(angles)], axis=1)
    return Mixture(jnp.pad(plane, ((0, 0), (0, d - 2))), jnp.asarray(variance))


def kernel_density(points: Float[Array, "n d"]) -> Mixture:
    """The density of samples by normal kernels of Scott's widths, n^(-1/(d+4)) standard deviations [@scott1992].

    When it fails: in many dimensions, or where columns depend strongly on each other.

    Example:
        >>> bool((kernel_density(jax.random.normal(jax.random.key(0), (100, 2))).variance < 0.3).all())
        True
    """
    n, d = points.shape
    return Mixture(points, jnp.var(points, axis=0) * n ** (-2 / (d + 4)))
