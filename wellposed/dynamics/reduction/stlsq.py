"""Sequentially thresholded least squares."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float


def stlsq(
    theta: Float[Array, "samples terms"],
    slopes: Float[Array, "samples state"],
    threshold: float = 0.1,
    ridge: float = 0.0,
    iterations: int = 20,
) -> Float[Array, "state terms"]:
    """Sparse coefficients of slopes = theta c' by sequentially thresholded least squares [@brunton2016].

    Least squares, then all coefficients below the threshold are set to zero and the others fitted anew, until
    nothing changes; `iterations` times at most. The last fit is without the ridge, so that what is kept is not shrunk.

    Args:
        theta: the candidate terms at the samples.
        slopes: the derivatives at the samples.
        threshold: what is smaller is zero, in units of the coefficients.
        ridge: weight of |c|^2 beside the sum of squares over the samples.
        iterations: at most.

    Returns:
        Coefficients, a row for each component of the slopes.

    Example:
        >>> x = jnp.linspace(-1.0, 1.0, 9)[:, None]
        >>> stlsq(jnp.concatenate([x**0, x, x**2], axis=1), 2 * x).round() == jnp.array([[0.0, 2.0, 0.0]])
        Array([[ True,  True,  True]], dtype=bool)

    When it fails: terms that are nearly dependent on the samples, or a threshold near the size of a true term.
    """
    orthogonal, small = jnp.linalg.qr(theta)  # samples drop out: what follows costs terms^3
    right = orthogonal.T @ slopes
    solve = lambda target, kept, weight: _ridge(small, target, kept, weight)

    def one(target: Float[Array, " terms"]) -> Float[Array, " terms"]:
        def again(kept, _):
            return kept & (jnp.abs(solve(target, kept, ridge)) >= threshold), None

        kept, _ = jax.lax.scan(again, jnp.ones(theta.shape[1], bool), None, length=iterations)
        return jnp.where(kept, solve(target, kept, 0.0), 0.0)

    return jax.vmap(one, in_axes=1)(right)


def _ridge(R: Array, target: Array, kept: Array, weight: float) -> Array:
    """The least-squares solution of least norm: a column of zeros gets the coefficient zero."""
    columns = jnp.where(kept[None, :], R, 0.0)
    scale = jnp.linalg.norm(columns, axis=0)
    scale = jnp.where(scale > 0, scale, 1.0)
    damping = jnp.diag(jnp.where(kept, jnp.sqrt(weight) / scale, 0.0).astype(R.dtype))
    stacked = jnp.concatenate([columns / scale[None, :], damping])
    return jnp.linalg.lstsq(stacked, jnp.concatenate([target, jnp.zeros(R.shape[1], R.dtype)]))[0] / scale
