"""Noise models: each takes one sample of clean data and a key; batches go through `vmap`."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Inexact, Key

Number = float | Float[Array, ""]


def gaussian(key: Key[Array, ""], y: Inexact[Array, "*data"], level: Number) -> Inexact[Array, "*data"]:
    """Add white Gaussian noise relative to the sample's root mean square.

        y_delta = y + sigma eta,   sigma = level * sqrt(mean |y|^2),   eta ~ N(0, I)

    Complex data get circular noise with E |eta_i|^2 = 1. The expected relative error is therefore `level`,
    whatever the shape: E |y_delta - y|^2 = level^2 |y|^2.

    Args:
        key: random key.
        y: clean data of one sample.
        level: noise to signal ratio, 0.05 for 5 %.

    Returns:
        noisy data, shape and type of `y`.

    Example:
        >>> float(gaussian(jax.random.key(0), jnp.ones(3), 0.0).sum())
        3.0
    """
    sigma = level * jnp.sqrt(jnp.mean(jnp.abs(y) ** 2))
    return y + sigma * jax.random.normal(key, y.shape, y.dtype)


def poisson(
    key: Key[Array, ""], y: Float[Array, "*data"], photons: Number, attenuation: Number = 1.0
) -> Float[Array, "*data"]:
    """Count photons behind an absorbing object, and take the logarithm (Beer and Lambert).

        N ~ Poisson(photons * exp(-attenuation * y)),   y_delta = -log(max(N, 0.1) / photons) / attenuation

    A detector that counts nothing is set to 0.1 photons, as in
    [LoDoPaB-CT](https://doi.org/10.1038/s41597-021-00893-z). For large counts the standard deviation of
    y_delta is exp(attenuation * y / 2) / (attenuation * sqrt(photons)). Needs JAX's default (threefry) keys.

    Args:
        key: random key.
        y: clean line integrals of one sample, not negative.
        photons: expected count of a ray that meets nothing.
        attenuation: optical depth of one unit of `y`. For pictures in [0, 1] and lengths in pixels, 0.02 to
            0.05 makes a body of 64 to 128 pixels as opaque as a human one.

    Returns:
        noisy line integrals, shape and type of `y`.

    Example:
        >>> bool(abs(poisson(jax.random.key(0), jnp.ones(()), 1e6) - 1.0) < 0.02)
        True
    """
    counts = jax.random.poisson(key, photons * jnp.exp(-attenuation * y)).astype(y.dtype)
    return -jnp.log(jnp.maximum(counts, 0.1) / photons) / attenuation


def multiplicative(key: Key[Array, ""], y: Inexact[Array, "*data"], level: Number) -> Inexact[Array, "*data"]:
    """Multiply each datum by its own random gain: y_delta = y (1 + level eta), eta ~ N(0, 1) and real.

    Args:
        key: random key.
        y: clean data of one sample.
        level: standard deviation of the gain, 0.05 for 5 %.

    Returns:
        noisy data, shape and type of `y`; where `y` is 0 it stays 0.

    Example:
        >>> float(multiplicative(jax.random.key(0), jnp.zeros(3), 0.1).sum())
        0.0
    """
    return y * (1.0 + level * jax.random.normal(key, y.shape, jnp.real(y).dtype))
