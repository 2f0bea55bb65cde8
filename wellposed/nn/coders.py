"""Encoders and decoders between arrays of any shape and a latent vector."""

import math
from collections.abc import Callable

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key


class LinearEncoder(eqx.Module):
    """The affine encoder `z = W (v - centre)` of an array v.

    The centre, as a rule the training mean, is data and not a parameter: no gradient reaches it.

    Shapes:
        `weight (latent, size)`, `centre (*shape)` with `prod(shape) == size`; `(*shape) -> (latent,)`.

    Example:
        >>> import jax, jax.numpy as jnp
        >>> LinearEncoder(jnp.ones((3, 4)), jnp.zeros((2, 2)))(jnp.ones((2, 2)))
        Array([4., 4., 4.], dtype=float32)
    """

    weight: Float[Array, "latent size"]
    centre: Float[Array, "*shape"]

    @classmethod
    def random(cls, latent: int, centre: Float[Array, "*shape"], key: Key[Array, ""]) -> "LinearEncoder":
        """Independent normal weights that keep the variance: of mean 0 and variance 1 / size."""
        size = math.prod(centre.shape)
        return cls(jax.random.normal(key, (latent, size), centre.dtype) / math.sqrt(size), centre)

    def __call__(self, v: Float[Array, "*shape"], *, key: Key[Array, ""] | None = None) -> Float[Array, " latent"]:
        """The latent vector of one sample."""
        if v.shape != self.centre.shape:
            raise ValueError(f"LinearEncoder expects an array of shape {self.centre.shape}, got {v.shape}.")
        return self.weight @ (v - jax.lax.stop_gradient(self.centre)).ravel()


class LinearDecoder(eqx.Module):
    """The affine decoder `v = centre + W z` of a latent vector z; the centre is data, as in `LinearEncoder`.

    Shapes:
        `weight (size, latent)`, `centre (*shape)` with `prod(shape) == size`; `(latent,) -> (*shape)`.

    Example:
        >>> import jax, jax.numpy as jnp
        >>> LinearDecoder(jnp.ones((4, 3)), jnp.zeros((2, 2)))(jnp.ones(3))
        Array([[3., 3.],
               [3., 3.]], dtype=float32)
    """

    weight: Float[Array, "size latent"]
    centre: Float[Array, "*shape"]

    @classmethod
    def random(cls, latent: int, centre: Float[Array, "*shape"], key: Key[Array, ""]) -> "LinearDecoder":
        """Independent normal weights of mean 0 and variance 1 / size: columns of about unit length."""
        size = math.prod(centre.shape)
        return cls(jax.random.normal(key, (size, latent), centre.dtype) / math.sqrt(size), centre)

    def __call__(self, z: Float[Array, " latent"], *, key: Key[Array, ""] | None = None) -> Float[Array, "*shape"]:
        """The array that one latent vector stands for."""
        return jax.lax.stop_gradient(self.centre) + (self.weight @ z).reshape(self.centre.shape)


class Residual(eqx.Module):
    """`v + g(v)` for any g that keeps the shape.

    Example:
        >>> import jax.numpy as jnp
        >>> Residual(lambda v: 2 * v)(jnp.ones(2))
        Array([3., 3.], dtype=float32)
    """

    inner: Callable[[Array], Array]

    def __call__(self, v: Float[Array, "*shape"], *, key: Key[Array, ""] | None = None) -> Float[Array, "*shape"]:
        """One sample through the skip connection."""
        return v + self.inner(v)
