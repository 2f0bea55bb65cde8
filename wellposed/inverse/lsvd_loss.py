"""The three-term loss of the learned SVD."""

from collections.abc import Callable
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key, Scalar

from wellposed.metrics import ssim

from .learned_svd import LearnedSVD


class Pairs(NamedTuple):
    """A batch: signals x, their noisy data y, and the noise-free data."""

    x: Float[Array, "batch *signal"]
    y: Float[Array, "batch *data"]
    clean: Float[Array, "batch *data"]


def squared(a: Float[Array, "*shape"], b: Float[Array, "*shape"]) -> Scalar:
    """|a - b|^2, the sum of squares over one sample."""
    return jnp.sum((a - b) ** 2)


def absolute(a: Float[Array, "*shape"], b: Float[Array, "*shape"]) -> Scalar:
    """|a - b|_1, the sum of absolute values over one sample."""
    return jnp.sum(jnp.abs(a - b))


def huber(a: Float[Array, "*shape"], b: Float[Array, "*shape"]) -> Scalar:
    """The sum of Huber's function of a - b, which is quadratic up to 0.05 and linear from there."""
    size, edge = jnp.abs(a - b), 0.05
    return jnp.sum(jnp.where(size < edge, size**2, edge * (2 * size - edge)))


def dissimilarity(a: Float[Array, "height width"], b: Float[Array, "height width"]) -> Scalar:
    """1 - SSIM(a, b) with peak 1, times the number of pixels, for pictures in [0, 1]."""
    return a.size * (1 - ssim(a, b))


DISTANCES: dict[str, Callable[[Array, Array], Scalar]] = {
    "squared": squared,
    "absolute": absolute,
    "huber": huber,
    "ssim": dissimilarity,
}


class LSVDLoss(eqx.Module):
    """The loss of [Boink and Brune](https://arxiv.org/abs/1912.10840) [@boink2019], as on the talk's slide.

        L = D1(x_rec, x) + alpha_y D2(y_ae, y) + alpha_x D3(x_ae, x),   averaged over the batch.

    Args:
        alpha_y: weight of the data autoencoder, >= 0.
        alpha_x: weight of the signal autoencoder, >= 0.
        distances: D1, D2, D3: each `"squared"`, `"absolute"`, `"huber"` or (for pictures) `"ssim"`.
        denoise: compare the data autoencoder with the noise-free data instead of the noisy (Capozzoli's version).

    Returns:
        `loss(model, batch, key) -> (scalar, terms)`, as `train.fit` wants it; a term of weight zero is not computed.

    Raises:
        ValueError: for an unknown distance, or a negative weight.

    Example:
        >>> import jax, jax.numpy as jnp
        >>> f = LearnedSVD.random(2, jnp.zeros(3), jnp.zeros(4), jax.random.key(0))
        >>> batch = Pairs(jnp.ones((5, 4)), jnp.ones((5, 3)), jnp.ones((5, 3)))
        >>> total, terms = LSVDLoss(alpha_y=0.1, alpha_x=0.1)(f, batch, jax.random.key(1))
        >>> sorted(terms)
        ['data autoencoder', 'reconstruction', 'signal autoencoder']
    """

    alpha_y: float = 0.0
    alpha_x: float = 0.0
    distances: tuple[str, str, str] = ("squared", "squared", "squared")
    denoise: bool = False

    def __check_init__(self):
        for name in self.distances:
            if name not in DISTANCES:
                raise ValueError(f"LSVDLoss expects distances of {', '.join(DISTANCES)}, got {name!r}.")
        if min(self.alpha_y, self.alpha_x) < 0:
            raise ValueError(f"LSVDLoss expects weights >= 0, got {self.alpha_y=}, {self.alpha_x=}.")

    def __call__(self, model: LearnedSVD, batch: Pairs, key: Key[Array, ""]) -> tuple[Scalar, dict[str, Scalar]]:
        """The loss of one batch, and its terms."""
        x, y, clean = batch
        z = jax.vmap(model.encode_data)(y)
        d1, d2, d3 = (jax.vmap(DISTANCES[name]) for name in self.distances)
        reconstruction = jax.vmap(lambda z: model.decode_signal(model.singular(z)))(z)
        terms = {"reconstruction": jnp.mean(d1(reconstruction, x))}
        total = terms["reconstruction"]
        if self.alpha_y:
            target = clean if self.denoise else y
            terms["data autoencoder"] = jnp.mean(d2(jax.vmap(model.decode_data)(z), target))
            total = total + self.alpha_y * terms["data autoencoder"]
        if self.alpha_x:
            terms["signal autoencoder"] = jnp.mean(d3(jax.vmap(model.signal_autoencoder)(x), x))
            total = total + self.alpha_x * terms["signal autoencoder"]
        return total, terms
