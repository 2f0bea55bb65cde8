"""The singular value decomposition of an operator: dense through LAPACK, or randomised and matrix-free."""

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import lineax as lx
import numpy as np
from jax.flatten_util import ravel_pytree
from jaxtyping import Array, Float, Inexact, Key, PyTree

from .norm import norm
from .operator import Operator, as_operator

_ROWS_AT_ONCE = 64  # samples that the operator maps together: bounds the memory of the randomised SVD


class SVD(eqx.Module):
    """The singular value decomposition `A = U diag(s) Vt` on ravelled arrays, or its first k terms.

    Attributes:
        U: left singular vectors, one a column; `U[:, 0].reshape(out_shape)` is the first.
        s: singular values, in decreasing order.
        Vt: right singular vectors, one a row (conjugated if complex); `Vt[0].reshape(in_shape)` is the first.
        in_shape: shape of `x` in `A.mv(x)`.
        out_shape: shape of `A.mv(x)`.
        error: the spectral norm |A - U diag(s) Vt| of what is left out.
    """

    U: Inexact[Array, "m k"]
    s: Float[Array, " k"]
    Vt: Inexact[Array, "k n"]
    in_shape: Any = eqx.field(static=True)
    out_shape: Any = eqx.field(static=True)
    error: Float[Array, ""]

    @property
    def rank(self) -> int:
        """The number k of singular values held."""
        return self.s.size

    def truncate(self, rank: int) -> "SVD":
        """The first `rank` terms. By Pythagoras their error is at most sqrt(error^2 + s[rank]^2).

        Raises:
            ValueError: if `rank` is not between 1 and the number of singular values held.

        Example:
            >>> import jax.numpy as jnp
            >>> from wellposed.operators import Matrix
            >>> two = svd(Matrix(jnp.diag(jnp.array([3.0, 2.0, 1.0])))).truncate(2)
            >>> two.s, two.error
            (Array([3., 2.], dtype=float32), Array(1., dtype=float32))
        """
        _check_rank(rank, self.rank)
        left_out = jnp.concatenate([self.s, jnp.zeros(1, self.s.dtype)])[rank]
        return SVD(
            self.U[:, :rank],
            self.s[:rank],
            self.Vt[:rank],
            self.in_shape,
            self.out_shape,
            jnp.hypot(self.error, left_out),
        )


def svd(
    A: lx.AbstractLinearOperator,
    rank: int | None = None,
    *,
    key: Key[Array, ""] | None = None,
    oversampling: int = 10,
    power_iterations: int = 2,
) -> SVD:
    """Singular values and vectors of an operator: exact by LAPACK, or with a key the first ones, matrix-free.

    Without a key the matrix is formed (`out_size x in_size` numbers) and given to LAPACK. With a key nothing
    dense is formed: Algorithm 5.1 of [Halko, Martinsson & Tropp](https://arxiv.org/abs/0909.4061) draws
    `rank + oversampling` random inputs, improves their span Q by `power_iterations` rounds of A A^H, each
    orthonormalised, and decomposes the small matrix Q^H A. More power iterations help where the singular
    values decay slowly, as those of tomography do.

    The `error` of the randomised SVD is measured after the fact: `norm` of A - U diag(s) Vt, with a relative
    residual of one percent. The smallest error that any decomposition of this rank has is the next singular
    value. The error of the exact SVD is that value itself, and 0 if none is left out, both up to rounding.

    Args:
        A: the operator, between real or between complex arrays.
        rank: how many singular values; all by default. With a key it must be given.
        key: asks for the randomised SVD and draws its random inputs.
        oversampling: random inputs beyond `rank`.
        power_iterations: rounds of A A^H.

    Raises:
        ValueError: if the rank is larger than the operator's smaller dimension, or missing with a key, or if
            the operator maps real to complex arrays.

    Example:
        >>> import jax, jax.numpy as jnp
        >>> from wellposed.operators import Matrix
        >>> A = Matrix(jnp.diag(jnp.array([3.0, 2.0, 1.0])), in_shape=(1, 3))
        >>> svd(A).s
        Array([3., 2., 1.], dtype=float32)
        >>> first = svd(A, rank=1, key=jax.random.key(0))
        >>> round(float(first.s[0]), 3), round(float(first.error), 2)
        (3.0, 2.0)
    """
    operator = as_operator(A)
    largest = min(operator.in_size(), operator.out_size())
    _check_one_dtype(operator)
    if key is None:
        return _dense(operator).truncate(largest if rank is None else rank)
    if rank is None:
        raise ValueError("svd expects a rank with a key, got None: give rank=..., or leave the key away.")
    _check_rank(rank, largest)
    return _randomised(operator, rank, key, min(rank + oversampling, largest), power_iterations)


def _dense(A: Operator) -> SVD:
    from scipy.linalg import svd as lapack

    U, s, Vt = lapack(np.array(A.as_matrix()), full_matrices=False, overwrite_a=True)
    return SVD(jnp.asarray(U), jnp.asarray(s), jnp.asarray(Vt), A.in_shape, A.out_shape, jnp.zeros((), s.dtype))


@eqx.filter_jit
def _randomised(A: Operator, rank: int, key: Key[Array, ""], width: int, power_iterations: int) -> SVD:
    key_range, key_error = jax.random.split(key)
    dtype = jnp.result_type(*jax.tree.leaves(A.in_structure()))
    inputs = jax.random.normal(key_range, (width, A.in_size()), dtype)
    Q = _orthonormal(_map_rows(A, inputs))
    for _ in range(power_iterations):
        Q = _orthonormal(_map_rows(A, _orthonormal(_map_rows(A.H, Q))))
    B = _map_rows(A.H, Q).conj()  # (width, n), the rows q^H A
    W, s, Vt = jnp.linalg.svd(B, full_matrices=False)
    found = SVD((Q.T @ W)[:, :rank], s[:rank], Vt[:rank], A.in_shape, A.out_shape, jnp.zeros((), s.dtype))
    rest = norm(A - _Decomposed(found, A), key_error, rtol=1e-2, throw=False)
    return eqx.tree_at(lambda svd: svd.error, found, rest.value)


def _map_rows(A: Operator, rows: Array) -> Array:
    """A applied to each row of a matrix of ravelled samples."""
    _, unravel = eqx.filter_eval_shape(ravel_pytree, A.in_structure())
    return jax.lax.map(lambda row: ravel_pytree(A.mv(unravel(row)))[0], rows, batch_size=_ROWS_AT_ONCE)


def _orthonormal(rows: Array) -> Array:
    """Rows that are orthonormal and span the same space."""
    return jnp.linalg.qr(rows.T)[0].T


class _Decomposed(Operator):
    """The operator U diag(s) Vt between the spaces of `like`."""

    svd: SVD
    like: Operator

    def in_structure(self) -> PyTree[jax.ShapeDtypeStruct]:
        return self.like.in_structure()

    def out_structure(self) -> PyTree[jax.ShapeDtypeStruct]:
        return self.like.out_structure()

    def apply(self, x: PyTree[Array]) -> PyTree[Array]:
        _, unravel = eqx.filter_eval_shape(ravel_pytree, self.like.out_structure())
        return unravel(self.svd.U @ (self.svd.s * (self.svd.Vt @ ravel_pytree(x)[0])))


def _check_rank(rank: int, largest: int) -> None:
    if not 1 <= rank <= largest:
        raise ValueError(
            f"svd expects a rank from 1 to {largest}, got {rank}: there are only {largest} singular values."
        )


def _check_one_dtype(A: Operator) -> None:
    dtypes = {leaf.dtype for leaf in jax.tree.leaves((A.in_structure(), A.out_structure()))}
    if len(dtypes) > 1:
        raise ValueError(
            f"svd expects one dtype for input and output, got {sorted(map(str, dtypes))}: build the operator "
            "with complex input."
        )
