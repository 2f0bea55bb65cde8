"""The measurement: an operator of norm one, and the noise of its data."""

import math

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Key

from wellposed.errors import InputError
from wellposed.io import read_operator
from wellposed.operators import SVD, Fan, Matrix, Parallel, Radon, svd
from wellposed.simulate import multiplicative, poisson

from .settings import Settings

MAX_ENTRIES = 2**27  # of the dense operator: 512 MiB in float32, and its SVD takes a few minutes


class Noise(eqx.Module):
    """The noise of the data.

    Attributes:
        level: relative to `rms`, the root mean square of the training pictures' noise-free data; for Poisson noise
            1 / sqrt(photons per ray), behind an object that lets exp(-1) of them through where the data is `rms`.
    """

    level: Float[Array, ""]
    rms: Float[Array, ""]
    model: str = eqx.field(static=True)

    def __call__(
        self, key: Key[Array, ""], clean: Float[Array, "*data"], level: float | Array | None = None
    ) -> Float[Array, "*data"]:
        """The noisy data of one sample, at this noise's level or at another."""
        level = self.level if level is None else level
        if self.model == "gaussian":
            return clean + level * self.rms * jax.random.normal(key, clean.shape, clean.dtype)
        if self.model == "multiplicative":
            return multiplicative(key, clean, level)
        return poisson(key, clean, level**-2, 1 / self.rms)


class Scanner(eqx.Module):
    """What turns pictures into data, and all that the methods may know of it.

    Attributes:
        operator: the map from pictures to data, of norm 1, as a dense matrix.
        radon: the tomograph behind it, without the scaling; None for an operator from a file.
        scale: `operator = scale * radon`.
        svd: of the operator, complete.
        noise: of the data.
    """

    operator: Matrix
    radon: Radon | None
    scale: Float[Array, ""]
    svd: SVD
    noise: Noise

    def project(self, x: Float[Array, "n height width"]) -> Float[Array, "n *data"]:
        """The noise-free data of many pictures."""
        return _project(self.operator, x)

    def measure(self, key: Key[Array, ""], clean: Float[Array, "n *data"]) -> Float[Array, "n *data"]:
        """The data of many samples, each with noise of its own."""
        return _measure(self.noise, key, clean)


@eqx.filter_jit
def _project(operator: Matrix, x: Array) -> Array:
    return jax.vmap(operator.mv)(x)


@eqx.filter_jit
def _measure(noise: Noise, key: Array, clean: Array) -> Array:
    return jax.vmap(noise)(jax.random.split(key, len(clean)), clean)


def scanner(settings: Settings, pictures: Float[Array | np.ndarray, "n height width"]) -> Scanner:
    """The scanner of the settings; the pictures are the training set, for the data's root mean square.

    Raises:
        InputError: for a detector too short for the picture, a rank larger than the data, an operator file that
            does not fit the pictures, or a problem too large to decompose.
    """
    matrix, radon = _file(settings) if settings.operator else _tomograph(settings)
    _check_rank(settings, matrix.out_size(), matrix.in_size())
    full = svd(matrix)
    scale = 1 / full.s[0]
    operator = Matrix(scale * matrix.matrix, matrix.in_shape, matrix.out_shape)
    clean = _project(operator, jnp.asarray(pictures))
    noise = Noise(jnp.asarray(settings.noise), jnp.sqrt(jnp.mean(clean**2)), settings.noise_model)
    unit = SVD(full.U, scale * full.s, full.Vt, full.in_shape, full.out_shape, full.error)
    return Scanner(operator, radon, scale, unit, noise)


def check(settings: Settings) -> None:
    """Refuse what can be seen to be impossible before any picture is made.

    Raises:
        InputError: for a detector too short for the picture, a rank larger than the data, or too large a problem.
    """
    if settings.operator is not None and settings.distances[1] == "ssim":
        raise InputError(
            "--distances: expected a D2 other than ssim with --operator, whose data are no picture, found ssim: "
            "take squared"
        )
    if settings.operator is None:
        radon = tomograph(settings)
        _check_rank(settings, math.prod(radon.out_shape), math.prod(radon.in_shape))


def _check_rank(settings: Settings, data: int, pixels: int) -> None:
    if settings.rank > min(data, pixels):
        raise InputError(
            f"--rank: expected at most {min(data, pixels)}, the rank of an operator with {data} data and {pixels} "
            f"pixels, found {settings.rank}: lower the rank or take more data"
        )


def blank(settings: Settings) -> Scanner:
    """A scanner with the arrays of this setting's shapes, whose values mean nothing: what a saved one is read into."""
    if settings.operator:
        matrix, radon = _file(settings)
    else:
        radon = tomograph(settings)
        size = math.prod(radon.out_shape), math.prod(radon.in_shape)
        matrix = Matrix(jnp.zeros(size), radon.in_shape, radon.out_shape)
    m, n = matrix.matrix.shape
    k = min(m, n)
    shapes = {"in_shape": matrix.in_shape, "out_shape": matrix.out_shape}
    empty = SVD(jnp.zeros((m, k)), jnp.ones(k), jnp.zeros((k, n)), **shapes, error=jnp.zeros(()))
    noise = Noise(jnp.asarray(settings.noise), jnp.ones(()), settings.noise_model)
    return Scanner(matrix, radon, jnp.ones(()), empty, noise)


def tomograph(settings: Settings) -> Radon:
    """The Radon transform of the settings, in pixels."""
    shape = (settings.size, settings.size)
    geometry = Fan(2.0 * settings.size, 2.0 * settings.size) if settings.geometry == "fan" else Parallel()
    angles = jnp.asarray(np.radians(settings.angular_range) * np.arange(settings.angles) / settings.angles, jnp.float32)
    enough = Radon(shape, angles, geometry=geometry)
    radon = enough if settings.detectors is None else Radon(shape, angles, settings.detectors, geometry=geometry)
    if not radon.covers:
        raise InputError(
            f"--detectors: expected at least {enough.detectors}, so that every view sees the whole picture of "
            f"{settings.size} x {settings.size} pixels, found {settings.detectors}: raise it, or lower --size"
        )
    entries = math.prod(radon.out_shape) * math.prod(shape)
    if entries > MAX_ENTRIES:
        raise InputError(
            f"--size {settings.size} with --angles {settings.angles}: expected an operator of at most {MAX_ENTRIES:,} "
            f"entries, whose complete SVD fits a workstation, found {entries:,}: lower the size or the angles"
        )
    return radon


def _tomograph(settings: Settings) -> tuple[Matrix, Radon]:
    radon = tomograph(settings)
    return Matrix(radon.as_matrix(), radon.in_shape, radon.out_shape), radon


def _file(settings: Settings) -> tuple[Matrix, None]:
    assert settings.operator is not None
    file = read_operator(settings.operator, in_shape=(settings.size, settings.size))
    return Matrix(jnp.asarray(file.matrix), file.in_shape, file.out_shape), None
