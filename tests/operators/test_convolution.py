"""Convolution against scipy."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import ndimage, signal

from wellposed.operators import Convolution

MODES = {"periodic": "grid-wrap", "zero": "constant"}


@pytest.mark.parametrize("boundary", MODES)
@pytest.mark.parametrize("kernel_shape", [(3, 3), (4, 5), (1, 6), (9, 12)])
def test_it_is_the_convolution_of_ndimage(kernel_shape, boundary):
    with jax.enable_x64(True):
        rng = np.random.default_rng(0)
        x, kernel = rng.standard_normal((8, 7)), rng.standard_normal(kernel_shape)
        got = Convolution(x.shape, jnp.asarray(kernel), boundary).mv(x)
        np.testing.assert_allclose(got, ndimage.convolve(x, kernel, mode=MODES[boundary]), atol=1e-12)


@pytest.mark.parametrize("shape", [(11,), (4, 5, 6)])
def test_lines_and_volumes(shape):
    with jax.enable_x64(True):
        rng = np.random.default_rng(0)
        x, kernel = rng.standard_normal(shape), rng.standard_normal((3,) * len(shape))
        got = Convolution(shape, jnp.asarray(kernel), "zero").mv(x)
        np.testing.assert_allclose(got, signal.convolve(x, kernel, mode="same"), atol=1e-12)


def test_the_transpose_is_the_correlation():
    with jax.enable_x64(True):
        rng = np.random.default_rng(0)
        y, kernel = rng.standard_normal((8, 7)), rng.standard_normal((3, 5))
        got = Convolution(y.shape, jnp.asarray(kernel), "zero").T.mv(y)
        np.testing.assert_allclose(got, signal.correlate(y, kernel, mode="same"), atol=1e-12)


def test_the_kernel_can_be_learned():
    """The derivative in the kernel is the correlation of picture and data."""
    with jax.enable_x64(True):
        rng = np.random.default_rng(0)
        x, y, kernel = (rng.standard_normal(shape) for shape in ((6, 6), (6, 6), (3, 3)))
        got = jax.grad(lambda k: (Convolution((6, 6), k, "zero").mv(x) * y).sum())(jnp.asarray(kernel))
        want = [[(ndimage.convolve(x, e, mode="constant") * y).sum() for e in row] for row in _basis(3)]
        np.testing.assert_allclose(got, want, atol=1e-12)


def _basis(n):
    return np.eye(n * n).reshape(n, n, n, n)


def test_errors():
    with pytest.raises(ValueError, match="expects a kernel with 2 axes for a picture of shape"):
        Convolution((4, 4), jnp.ones(3))
