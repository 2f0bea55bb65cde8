"""The spectral norm of an operator, by Golub-Kahan bidiagonalisation."""

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import lineax as lx
from jaxtyping import Array, Float, Int, Key

from .operator import Operator, as_operator
from .vectors import minus, normal_like, unit


class Norm(eqx.Module):
    """What `norm` found.

    Attributes:
        value: the spectral norm |A|, approached from below.
        error: the residual: a singular value of A lies within `error` of `value` (usually far closer).
        steps: how many times A and A^H were applied.
        result: `lineax.RESULTS.successful`, or why it is not.
    """

    value: Float[Array, ""]
    error: Float[Array, ""]
    steps: Int[Array, ""]
    result: lx.RESULTS


class _State(eqx.Module):
    u: Any
    v: Any
    alpha: Float[Array, " max_steps"]  # the diagonal of B
    beta: Float[Array, " max_steps"]  # above the diagonal of B
    steps: Int[Array, ""]
    value: Float[Array, ""]
    error: Float[Array, ""]


def norm(
    A: lx.AbstractLinearOperator,
    key: Key[Array, ""],
    *,
    rtol: float = 1e-3,
    max_steps: int = 100,
    throw: bool = True,
) -> Norm:
    """The spectral norm |A| = max |Ax| / |x| by [Golub-Kahan bidiagonalisation](https://doi.org/10.1137/0702016).

    A V_k = U_k B_k and A^H U_k = V_k B_k^T + beta_k v_{k+1} e_k^T, with B_k bidiagonal. With p the left
    singular vector of B_k for its largest singular value, beta_k |p_k| bounds the distance to a singular
    value of A. The iteration stops when this is at most `rtol` times the value; the value is then more exact,
    as its error is of second order in the residual. It takes far fewer steps than the power method.

    Args:
        A: the operator, between arrays or tuples of arrays, real or complex.
        key: draws the first vector.
        rtol: the relative residual at which to stop.
        max_steps: at most this many applications of A and of A^H; the small matrix B has this size.
        throw: whether to raise if the iteration does not converge. If false, look at `result`.

    Returns:
        A `Norm`: value, error, steps, result. Scale an operator to norm one by `A / norm(A, key).value`.

    Raises:
        RuntimeError: if `throw`, and the residual is not reached within `max_steps` or is not finite.

    Example:
        >>> import jax, jax.numpy as jnp
        >>> from wellposed.operators import Matrix
        >>> A = Matrix(jnp.diag(jnp.array([3.0, 2.0, 1.0])))
        >>> round(float(norm(A, jax.random.key(0)).value), 4)
        3.0
    """
    found = _golub_kahan(as_operator(A), key, rtol, max_steps)
    return found.result.error_if(found, found.result != lx.RESULTS.successful) if throw else found


@eqx.filter_jit
def _golub_kahan(A: Operator, key: Key[Array, ""], rtol: float, max_steps: int) -> Norm:
    def unfinished(state: _State) -> Array:
        return (state.steps < max_steps) & (state.error > rtol * state.value)

    last = jax.lax.while_loop(unfinished, lambda state: _step(A, state), _start(A, key, max_steps))
    failure = lx.RESULTS.where(jnp.isfinite(last.error), lx.RESULTS.max_steps_reached, lx.RESULTS.nonfinite_input)
    result = lx.RESULTS.where(last.error <= rtol * last.value, lx.RESULTS.successful, failure)
    return Norm(last.value, last.error, last.steps, result)


def _start(A: Operator, key: Key[Array, ""], max_steps: int) -> _State:
    size, v = unit(normal_like(A.in_structure(), key))
    u = jax.tree.map(lambda leaf: jnp.zeros(leaf.shape, leaf.dtype), A.out_structure())
    zeros = jnp.zeros(max_steps, size.dtype)
    return _State(u, v, zeros, zeros, jnp.array(0), jnp.zeros_like(size), jnp.full_like(size, jnp.inf))


def _step(A: Operator, state: _State) -> _State:
    j = state.steps
    alpha, u = unit(minus(A.mv(state.v), state.beta[j - 1], state.u))  # at j = 0, beta[-1] is still 0
    beta, v = unit(minus(A.H.mv(u), alpha, state.v))
    alphas = state.alpha.at[j].set(alpha)
    # LAPACK prints on what is not finite, so that B goes there without; beta carries it to the error
    left, s, _ = jnp.linalg.svd(jnp.nan_to_num(jnp.diag(alphas) + jnp.diag(state.beta[:-1], 1)))
    return _State(u, v, alphas, state.beta.at[j].set(beta), j + 1, s[0], beta * jnp.abs(left[j, 0]))
