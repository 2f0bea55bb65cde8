"""Convolution of functions on the sphere with zonal filters, in spherical harmonics."""

import functools
import logging
import math
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Complex, Float, Key

from wellposed.errors import InputError

SAMPLING = "gl"  # Gauss and Legendre's: L rings of 2 L - 1 points, exact for band-limited functions


class SphericalConvolution(eqx.Module):
    """y_lm = sum_i h_l^i x_lm^i: filters that are symmetric about an axis, one number per degree [@esteves2018].

    A rotation mixes the coefficients of one degree among themselves, so that every such map commutes with it exactly.
    The numbers of neighbouring degrees are interpolated between a few anchors, which makes the filters local.

    Args:
        inputs: channels of the input.
        outputs: channels of the output.
        band: L; the degrees are 0, ..., L - 1.
        anchors: how many numbers are learned for each pair of channels; at most L.
        key: of the initial weights.

    Shapes:
        `(band, 2 band - 1, inputs) -> (band, 2 band - 1, outputs)`, coefficients with m = 0 in the middle.

    See also:
        `SphericalCNN`, `to_sphere`, `from_sphere`.
    """

    weight: Float[Array, "anchors inputs outputs"]
    bias: Float[Array, " outputs"]
    band: int = eqx.field(static=True)

    def __init__(self, inputs: int, outputs: int, *, band: int, anchors: int = 4, key: Key[Array, ""]):
        if not 1 <= anchors <= band:
            raise ValueError(f"SphericalConvolution expects 1 to {band} anchors, got {anchors}.")
        self.weight = jax.random.normal(key, (anchors, inputs, outputs)) * (2 / inputs) ** 0.5
        self.bias = jnp.zeros(outputs)
        self.band = band

    def __call__(self, x: Complex[Array, "degrees orders inputs"]) -> Complex[Array, "degrees orders outputs"]:
        """One function."""
        y = jnp.einsum("lmi,lio->lmo", x, self.filters())
        return y.at[0, self.band - 1].add(math.sqrt(4 * math.pi) * self.bias)

    def filters(self) -> Float[Array, "degrees inputs outputs"]:
        """h_l, linear between the anchors."""
        anchors = len(self.weight)
        places = np.linspace(0, anchors - 1, self.band)
        first = np.minimum(places.astype(int), max(anchors - 2, 0))
        share = jnp.asarray(places - first, self.weight.dtype)[:, None, None]
        return (1 - share) * self.weight[first] + share * self.weight[np.minimum(first + 1, anchors - 1)]


class SphericalCNN(eqx.Module):
    """A classifier of functions on the sphere, invariant to rotations [@cohen2018] [@esteves2018].

    Convolutions alternate with ReLUs on a grid of a larger band, since a ReLU makes higher degrees than went in: what
    lies beyond that band is what the network misses of its invariance. Its answer is made from means over the sphere.

    Args:
        inputs: channels of the function.
        channels: between the layers.
        classes: of the answer.
        band: L of the input's grid.
        depth: convolutions.
        oversampling: band of the grid of the ReLUs, in bands of the coefficients.
        key: of the initial weights.

    Shapes:
        `(band, 2 band - 1, inputs) -> (classes,)`: samples at Gauss and Legendre's points.
    """

    layers: tuple[SphericalConvolution, ...]
    answer: eqx.nn.Linear
    band: int = eqx.field(static=True)
    oversampling: int = eqx.field(static=True)

    def __init__(
        self,
        inputs: int,
        channels: int,
        classes: int,
        *,
        band: int,
        depth: int = 2,
        oversampling: int = 2,
        key: Key[Array, ""],
    ):
        *keys, last = jax.random.split(key, depth + 1)
        widths = [inputs] + [channels] * (depth - 1)
        self.layers = tuple(
            SphericalConvolution(n, channels, band=band, key=k) for n, k in zip(widths, keys, strict=True)
        )
        self.answer = eqx.nn.Linear(channels, classes, key=last)
        self.band, self.oversampling = band, oversampling

    def features(self, f: Float[Array, "rings points inputs"]) -> Complex[Array, "degrees orders channels"]:
        """The coefficients after the last ReLU."""
        x = from_sphere(f, self.band)
        fine = self.band * self.oversampling
        for layer in self.layers:
            y = jax.nn.relu(to_sphere(widened(layer(x), fine), fine))
            x = _cropped(from_sphere(y, fine), self.band, fine)
        return x

    def folded(self, f: Float[Array, "rings points inputs"], finer: int = 4) -> Float[Array, ""]:
        """What the ReLUs' grid misses: the share of their output that it folds onto the degrees that it keeps.

        A grid of band F tells the first L degrees from all below 2 F - L; the share is that of the root of the energy
        in degrees from there on, the largest of all layers, seen on a grid that is `finer` times as fine.
        """
        x = from_sphere(f, self.band)
        fine = self.band * self.oversampling
        shares = []
        for layer in self.layers:
            y = from_sphere(jax.nn.relu(to_sphere(widened(layer(x), finer * fine), finer * fine)), finer * fine)
            shares.append(beyond(y, 2 * fine - self.band))
            x = _cropped(y, self.band, finer * fine)
        return jnp.stack(shares).max()

    def __call__(self, f: Float[Array, "rings points inputs"]) -> Float[Array, " classes"]:
        """One function."""
        mean = self.features(f)[0, self.band - 1].real / math.sqrt(4 * math.pi)
        return self.answer(mean)


def to_sphere(x: Complex[Array, "degrees orders channels"], band: int) -> Float[Array, "rings points channels"]:
    """The samples of a real function from its coefficients.

    Example:
        >>> constant = jnp.zeros((2, 3, 1), complex).at[0, 1].set((4 * jnp.pi) ** 0.5)
        >>> bool(jnp.allclose(to_sphere(constant, 2), 1))
        True
    """
    kernel = jnp.asarray(_kernel(band, False), x.dtype)
    one = lambda x: _transforms().inverse_transform_jax(x, kernel, band, SAMPLING, False, 0, None)
    return jax.vmap(one, -1, -1)(x).real


def from_sphere(f: Float[Array, "rings points channels"], band: int) -> Complex[Array, "degrees orders channels"]:
    """The coefficients of a function from its samples, up to degree band - 1."""
    kernel = jnp.asarray(_kernel(band, True), jnp.result_type(f.dtype, jnp.complex64))
    one = lambda f: _transforms().forward_transform_jax(f, kernel, band, SAMPLING, False, 0, None)
    return jax.vmap(one, -1, -1)(f.astype(kernel.dtype))


def beyond(x: Complex[Array, "degrees orders channels"], band: int) -> Float[Array, ""]:
    """The share of the root of a function's energy that lies in the degrees from `band` on.

    Example:
        >>> x = jnp.zeros((2, 3, 1), complex).at[0, 1].set(4.0).at[1, 1].set(3.0)
        >>> float(beyond(x, 1))
        0.6...
    """
    energy = (jnp.abs(x) ** 2).sum((1, 2))
    return jnp.sqrt(energy[band:].sum() / energy.sum())


def widened(x: Complex[Array, "degrees orders channels"], band: int) -> Complex[Array, "band more channels"]:
    """The coefficients of the same function in a larger band: zeros are added.

    Example:
        >>> widened(jnp.ones((1, 1, 1), complex), 2)[..., 0].real.tolist()
        [[0.0, 1.0, 0.0], [0.0, 0.0, 0.0]]
    """
    more = band - len(x)
    return jnp.pad(x, ((0, more), (more, more), (0, 0)))


def sphere_points(band: int) -> Float[np.ndarray, "rings points 3"]:
    """The unit vectors at which functions are sampled.

    Example:
        >>> sphere_points(2).shape
        (2, 3, 3)
    """
    _transforms()
    from s2fft.sampling.s2_samples import phis_equiang, thetas

    theta, phi = np.asarray(thetas(band, SAMPLING))[:, None], np.asarray(phis_equiang(band, SAMPLING))[None]
    height = np.cos(theta) + 0 * phi
    return np.stack([np.sin(theta) * np.cos(phi), np.sin(theta) * np.sin(phi), height], axis=-1)


def _transforms() -> Any:
    """The library of spherical transforms, which an extra installs."""
    log = logging.getLogger("s2fft")
    before = log.level
    log.setLevel(logging.ERROR)  # what it says of float32 when it is imported is about far larger bands
    try:
        from s2fft.precompute_transforms import spherical
    except ModuleNotFoundError:
        raise InputError(
            "spherical transforms need s2fft, which is not installed: pip install 'wellposed[groups]'"
        ) from None
    finally:
        log.setLevel(before)
    return spherical


@functools.cache
def _kernel(band: int, forward: bool) -> np.ndarray:
    _transforms()
    from s2fft.precompute_transforms.construct import spin_spherical_kernel

    return np.asarray(spin_spherical_kernel(band, 0, False, SAMPLING, forward=forward))


def _cropped(x: Array, band: int, fine: int) -> Array:
    return x[:band, fine - band : fine + band - 1]
