"""The Jacobian of a map at a datum as an operator, and its leading singular vectors."""

from collections.abc import Callable

import equinox as eqx
import jax
import jax.numpy as jnp
import lineax as lx
from jaxtyping import Array, Float, PRNGKeyArray

from wellposed.operators import Operator, Wrapped


class LeadingSVD(eqx.Module):
    """The k largest singular values of an operator, with their vectors.

    Attributes:
        left: unit vectors in the output space, one a row.
        s: singular values, descending; each from below.
        right: unit vectors in the input space, one a row.
        error: ||J v - s u|| of each triple: a singular value lies within this distance of s.
    """

    left: Float[Array, "k *image"]
    s: Float[Array, " k"]
    right: Float[Array, "k *datum"]
    error: Float[Array, " k"]


def jacobian(f: Callable[[Array], Array], y: Array) -> Operator:
    """J_f(y) as an operator: f is linearised once, J v is then a jvp and J.T u a vjp.

    Args:
        f: a map of one sample, differentiable by jvp and vjp, real.
        y: where.

    Returns:
        An `Operator` from data to images; `operators.norm` of it is the local Lipschitz constant.

    Example:
        >>> J = jacobian(jnp.sin, jnp.array([0.0, jnp.pi]))
        >>> J.T.mv(jnp.array([2.0, 1.0]))
        Array([ 2., -1.], dtype=float32)

    See also:
        `as_real`, for complex data.
    """
    return Wrapped(lx.linearise(lx.JacobianLinearOperator(lambda y, _: f(y), y)))


def as_real(f: Callable[[Array], Array], y: Array) -> tuple[Callable[[Array], Array], Array]:
    """f and y, or where they are complex the same map of (real, imaginary) pairs in a last axis of two.

    The norm of the Jacobian is that of a real-linear map, whether f is holomorphic or not.

    Example:
        >>> g, real = as_real(jnp.abs, jnp.array([3.0 + 4.0j]))
        >>> g(real)
        Array([5.], dtype=float32)
    """

    def pairs(z):
        return jnp.stack([z.real, z.imag], axis=-1) if jnp.iscomplexobj(z) else z

    if not jnp.iscomplexobj(y):
        return lambda v: pairs(f(v)), y
    return lambda pair: pairs(f(jax.lax.complex(pair[..., 0], pair[..., 1]))), pairs(y)


def leading_svd(J: Operator, k: int, key: PRNGKeyArray, *, powers: int = 2) -> LeadingSVD:
    """The k leading singular triples, by a randomised block Krylov space [@musco2015].

    Equation: Q = orth[J W, (J J') J W, ..., (J J')^q J W] with k random columns W, then the SVD of the
    small Q'J. For the same products it is far more exact than subspace iteration, which `operators.svd`
    uses where many triples are wanted.

    Args:
        J: a real operator.
        k: how many triples; also the number of columns of W.
        key: draws W.
        powers: q; (2 q + 1) k products, then (q + 1) k for the SVD and k for the errors.

    Returns:
        A `LeadingSVD`; exact where (q + 1) k reaches the rank of J.

    Example:
        >>> J = jacobian(lambda y: jnp.array([3.0, 1.0, 0.5, 0.1]) * y, jnp.zeros(4))
        >>> leading_svd(J, 2, jax.random.key(0)).s.round(2)
        Array([3., 1.], dtype=float32)

    When it fails: a flat spectrum has no leading vectors; `error` is then of the size of the spread.
    """
    image, datum = J.out_structure(), J.in_structure()
    k = min(k, image.size, datum.size)

    def forth(rows):  # (b, datum) -> (b, image)
        return jax.vmap(J.mv)(rows.reshape(len(rows), *datum.shape)).reshape(len(rows), -1)

    def back(rows):  # (b, image) -> (b, datum)
        return jax.vmap(J.T.mv)(rows.reshape(len(rows), *image.shape)).reshape(len(rows), -1)

    blocks = [forth(jax.random.normal(key, (k, datum.size), datum.dtype))]
    for _ in range(powers):
        blocks.append(forth(back(jnp.linalg.qr(blocks[-1].T)[0].T)))
    Q = jnp.linalg.qr(jnp.concatenate(blocks).T)[0]  # (image, (q + 1) k)
    P, s, right = jnp.linalg.svd(back(Q.T), full_matrices=False)
    left, s, right = (Q @ P[:, :k]).T, s[:k], right[:k]
    error = jnp.linalg.norm(forth(right) - s[:, None] * left, axis=1)
    return LeadingSVD(left.reshape(k, *image.shape), s, right.reshape(k, *datum.shape), error)
