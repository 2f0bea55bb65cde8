"""The law that every operator keeps, as a number that users, tests and the audit compute alike."""

import equinox as eqx
import jax
import jax.numpy as jnp
import lineax as lx
from jaxtyping import Array, Key, PyTree, Scalar

from .operator import Operator, as_operator
from .vectors import inner, length, normal_like


def adjoint_error(A: lx.AbstractLinearOperator, key: Key[Array, ""]) -> Scalar:
    """How far `A.H` is from the adjoint of `A`: |<Ax, y> - <x, A^H y>| / (|Ax| |y|) for random x and y.

    The dot-product test (Claerbout, Earth Soundings Analysis, 1992). Between a real and a complex space
    the inner product is that of real vector spaces, Re <x, y>.

    Args:
        A: the operator, between arrays or tuples of arrays.
        key: draws x and y, with independent standard normal entries.

    Returns:
        A number of the size of the rounding error: at most about 1e-5 in float32 and 1e-12 in float64. For an
        `A.H` that is c times the adjoint it is of the size |1 - c| / sqrt(size of y), so far above rounding.

    Example:
        >>> import jax, jax.numpy as jnp
        >>> from wellposed.operators import Matrix
        >>> A = Matrix(jnp.arange(6.0).reshape(2, 3))
        >>> float(adjoint_error(A, jax.random.key(0))) < 1e-6
        True
    """
    operator = as_operator(A)
    key_x, key_y = jax.random.split(key)
    x = normal_like(operator.in_structure(), key_x)
    y = normal_like(operator.out_structure(), key_y)
    return _adjoint_error(operator, x, y)


@eqx.filter_jit
def _adjoint_error(A: Operator, x: PyTree[Array], y: PyTree[Array]) -> Scalar:
    Ax, AHy = A.mv(x), A.H.mv(y)
    difference = inner(Ax, y) - inner(x, AHy)
    real = any(jnp.isrealobj(leaf) for leaf in jax.tree.leaves((x, y)))
    return jnp.abs(difference.real if real else difference) / (length(Ax) * length(y))
