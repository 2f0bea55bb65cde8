"""The masked Fourier transform of magnetic resonance imaging."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax.typing import DTypeLike
from jaxtyping import Array, Bool

from .operator import Operator


class Fourier(Operator):
    """The measured frequencies of a picture, `y = M F x`: single-coil [Cartesian MRI](https://doi.org/10.1002/mrm.21391).

    F is the unitary discrete Fourier transform (`norm="ortho"`), so that |A| = 1, and M keeps the frequencies
    where the mask is true and sets the others to zero. The adjoint `A.H` is the conjugate transpose, the
    zero-filled inverse transform; of a real picture it returns the real part.

    Args:
        mask: which frequencies are measured, zero frequency at index (0, 0): pass a centred mask through
            `jnp.fft.ifftshift`.
        dtype: of the picture. Magnetic resonance pictures are complex (`complex64`, the default, or
            `complex128`); a real one (`float32`, `float64`) states that the picture has no phase.

    Shapes:
        Picture and data: (height, width), the shape of the mask. Data are complex.

    Example:
        >>> import jax.numpy as jnp
        >>> A = Fourier(jnp.array([[True, False], [True, True]]))
        >>> A.mv(jnp.array([[1.0, 2.0], [3.0, 4.0]]))
        Array([[ 5.+0.j,  0.+0.j],
               [-2.+0.j,  0.+0.j]], dtype=complex64)
    """

    mask: Bool[Array, "height width"]
    dtype: np.dtype = eqx.field(static=True)

    def __init__(self, mask: Bool[Array, "height width"], dtype: DTypeLike = jnp.complex64):
        self.mask = mask
        self.dtype = np.dtype(dtype)

    def in_structure(self) -> jax.ShapeDtypeStruct:
        """The picture (height, width)."""
        return jax.ShapeDtypeStruct(self.mask.shape, self.dtype)

    def out_structure(self) -> jax.ShapeDtypeStruct:
        """The frequencies (height, width), complex."""
        return jax.ShapeDtypeStruct(self.mask.shape, jnp.promote_types(self.dtype, jnp.complex64))

    def apply(self, x: Array) -> Array:
        """The measured frequencies of one picture."""
        return jnp.where(self.mask, jnp.fft.fft2(x, norm="ortho"), 0)
