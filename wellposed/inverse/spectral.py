"""Reconstruction in the singular basis: the family of Tikhonov, truncation and the learned diagonal."""

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float, Inexact

from ..operators import SVD
from .checks import checked_data


class AbstractSpectralMap(eqx.Module):
    """A reconstruction x = V diag(g) U^H y: a gain for each singular value of the operator.

    A subclass is a finished record that says what `svd` and `gains` are.
    """

    svd: eqx.AbstractVar[SVD]
    gains: eqx.AbstractVar[Float[Array, " k"]]

    def __call__(self, y: Inexact[Array, "..."]) -> Inexact[Array, "..."]:
        """The picture, of shape `svd.in_shape`, from data of shape `svd.out_shape`."""
        U, Vt = self.svd.U, self.svd.Vt
        data = checked_data(type(self).__name__, y, self.svd.out_shape, U.dtype)
        coefficients = self.gains * (U.conj().T @ data.ravel())  # (k,)
        return (Vt.conj().T @ coefficients).reshape(self.svd.in_shape)

    @property
    def filters(self) -> Float[Array, " k"]:
        """The filter factors s g: how much of each singular component of the picture is kept, 0 to 1."""
        return self.svd.s * self.gains


class SpectralMap(AbstractSpectralMap):
    """Spectral regularisation with free gains.

    Chapter 4 of [Engl, Hanke & Neubauer](https://link.springer.com/book/9780792341574) [@engl1996]:

        x = V diag(g) U^H y = sum of g_n <y, u_n> v_n.

    The pseudo-inverse has g = 1 / s, which carries noise of size delta to delta / s_n; regularisation lets g
    fall where s is small.

    Args:
        svd: the singular value decomposition of the operator, from `wellposed.operators.svd`.
        gains: g, one for each singular value, in the units of 1 / s.

    Shapes:
        Data of shape `svd.out_shape` to a picture of shape `svd.in_shape`.

    Raises:
        ValueError: if the number of gains is not the number of singular values, or the data have another
            shape.

    Example:
        >>> import jax.numpy as jnp
        >>> from wellposed.operators import Matrix, svd
        >>> A = Matrix(jnp.diag(jnp.array([2.0, 1.0])))
        >>> pseudo_inverse = SpectralMap(svd(A), jnp.array([0.5, 1.0]))
        >>> pseudo_inverse(jnp.array([2.0, 3.0]))
        Array([1., 3.], dtype=float32)

    See also:
        `Tikhonov` and `TSVD`, whose gains have one parameter.
    """

    svd: SVD
    gains: Float[Array, " k"]

    def __init__(self, svd: SVD, gains: Float[Array, " gains"]):
        if gains.shape != svd.s.shape:
            raise ValueError(
                f"SpectralMap expects {svd.s.size} gains, got {gains.size}: give one for each singular "
                "value, or truncate the SVD."
            )
        self.svd = svd
        self.gains = jnp.asarray(gains, svd.s.dtype)


def divided(a: Float[Array, " k"], b: Float[Array, " k"]) -> Float[Array, " k"]:
    """a / b, and 0 where b is 0, with derivatives that are finite there."""
    positive = b > 0
    return jnp.where(positive, a / jnp.where(positive, b, 1), 0)
