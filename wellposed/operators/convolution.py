"""Convolution with a centred kernel, by the fast Fourier transform."""

from typing import Literal

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from .operator import Operator

Boundary = Literal["periodic", "zero"]


class Convolution(Operator):
    """Convolution `y[i] = sum_j kernel[j] x[i - j + c]` with centre `c = kernel_size // 2`, by the FFT.

    The convention is that of `scipy.ndimage.convolve`: `boundary="periodic"` is its mode `grid-wrap`, and
    `"zero"` its mode `constant`. The kernel may be of even size, or larger than the picture.

    Args:
        shape: the shape of the picture (or line, or volume): one to three axes.
        kernel: the kernel, with as many axes; its dtype is the operator's. It may be learned: `mv` is
            differentiable in it.
        boundary: what lies beyond the border: the picture again, or zeros.

    Shapes:
        The picture and its convolution both have the shape `shape`.

    Raises:
        ValueError: if the kernel has another number of axes, or the boundary is unknown.

    Example:
        >>> import jax.numpy as jnp
        >>> A = Convolution((4,), jnp.array([1.0, 2.0, 3.0]), "zero")
        >>> A.mv(jnp.array([1.0, 0.0, 0.0, 0.0])).round().astype(int)
        Array([2, 3, 0, 0], dtype=int32)
    """

    shape: tuple[int, ...] = eqx.field(static=True)
    kernel: Float[Array, "..."]
    boundary: Boundary = eqx.field(static=True)

    def __init__(self, shape: tuple[int, ...], kernel: Float[Array, "..."], boundary: Boundary = "periodic"):
        if kernel.ndim != len(shape):
            raise ValueError(
                f"Convolution expects a kernel with {len(shape)} axes for a picture of shape {tuple(shape)}, "
                f"got shape {kernel.shape}: reshape the kernel."
            )
        if boundary not in ("periodic", "zero"):
            raise ValueError(f"Convolution expects boundary 'periodic' or 'zero', got {boundary!r}: choose one.")
        self.shape = tuple(shape)
        self.kernel = kernel
        self.boundary = boundary

    def in_structure(self) -> jax.ShapeDtypeStruct:
        """The picture."""
        return jax.ShapeDtypeStruct(self.shape, self.kernel.dtype)

    def out_structure(self) -> jax.ShapeDtypeStruct:
        """A picture of the same shape."""
        return self.in_structure()

    def apply(self, x: Array) -> Array:
        """The convolution of one picture."""
        grid = self.shape if self.boundary == "periodic" else _padded(self.shape, self.kernel.shape)
        spectrum = jnp.fft.rfftn(x, grid) * jnp.fft.rfftn(_around_origin(self.kernel, grid))
        return jnp.fft.irfftn(spectrum, grid)[tuple(map(slice, self.shape))]


def _padded(shape: tuple[int, ...], kernel_shape: tuple[int, ...]) -> tuple[int, ...]:
    """A grid on which the periodic convolution does not wrap into the picture, of a size fast for the FFT."""
    from scipy.fft import next_fast_len

    sizes = (n + k - 1 for n, k in zip(shape, kernel_shape, strict=True))
    return tuple(next_fast_len(size, real=True) for size in sizes)  # pyright: ignore[reportReturnType]


def _around_origin(kernel: Array, grid: tuple[int, ...]) -> Array:
    """The kernel with its centre at index 0 of the periodic grid; what reaches beyond the grid is folded."""
    indices = [(jnp.arange(k) - k // 2) % n for k, n in zip(kernel.shape, grid, strict=True)]
    return jnp.zeros(grid, kernel.dtype).at[jnp.ix_(*indices)].add(kernel)
