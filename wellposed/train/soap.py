"""SOAP: Adam in the eigenbasis of Shampoo's preconditioner."""

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import optax
from jaxtyping import Array, Float, Int


class SoapState(NamedTuple):
    """Adam's moments, the first in the basis of the array and the second in the eigenbasis, and those bases.

    Attributes:
        steps: how many.
        mean: running mean of the gradient, a leaf for each array.
        square: running mean of its square in the eigenbasis.
        grams: for a matrix, running means of G G' and G' G.
        bases: their approximate eigenvectors.
    """

    steps: Int[Array, ""]
    mean: Any
    square: Any
    grams: Any
    bases: Any


def soap(
    learning_rate: optax.ScalarOrSchedule,
    b1: float = 0.95,
    b2: float = 0.95,
    every: int = 10,
    epsilon: float = 1e-8,
) -> optax.GradientTransformation:
    """SOAP [@vyas2024]: Adam's step for a matrix W, taken in the eigenvectors of the means of G G' and G' G.

    With the running means L of G G' and R of G' G, L = P D P', R = Q E Q', a step is P adam(P' G Q) Q'; P and Q are
    brought up to date by one power iteration with a QR decomposition every few steps. Arrays that are no matrices
    are Adam's. It suits small dense networks that are to be fitted to many digits, as those of physics are.

    Args:
        learning_rate: a number or a schedule.
        b1: decay of the gradient's mean.
        b2: decay of its square's, and of L and R.
        every: steps between two updates of P and Q.
        epsilon: below the root of the square.

    Example:
        >>> f = lambda W: jnp.sum((jnp.diag(jnp.array([1.0, 1e-2])) @ W - 1) ** 2)  # ill-conditioned
        >>> W, optimiser = jnp.zeros((2, 2)), soap(1.0)
        >>> state = optimiser.init(W)
        >>> update = jax.jit(lambda W, state: optimiser.update(jax.grad(f)(W), state, W))
        >>> for _ in range(200):
        ...     updates, state = update(W, state)
        ...     W = optax.apply_updates(W, updates)
        >>> bool(f(W) < 0.1)
        True

    When it fails: gradients of very noisy batches, whose G G' is that of the noise.
    """

    def init(params: Any) -> SoapState:
        zeros = jax.tree.map(jnp.zeros_like, params)
        grams = jax.tree.map(lambda p: tuple(jnp.zeros((n, n), p.dtype) for n in _sides(p)), params)
        bases = jax.tree.map(lambda p: tuple(jnp.eye(n, dtype=p.dtype) for n in _sides(p)), params)
        return SoapState(jnp.zeros((), jnp.int32), zeros, jax.tree.map(jnp.zeros_like, params), grams, bases)

    def update(updates: Any, state: Any, params: Any = None) -> tuple[Any, SoapState]:
        del params
        grads = updates
        count = state.steps + 1
        mean = jax.tree.map(lambda m, g: b1 * m + (1 - b1) * g, state.mean, grads)
        leaves = lambda tree: jax.tree.structure(grads).flatten_up_to(tree)
        grams = [_grams(S, g, b2) for S, g in zip(leaves(state.grams), leaves(grads), strict=True)]
        due = (count % every == 0) | (count == 1)
        bases = [_turned(due, S, P) for S, P in zip(grams, leaves(state.bases), strict=True)]
        turned = [_into(g, P) for g, P in zip(leaves(grads), bases, strict=True)]
        square = [b2 * v + (1 - b2) * g**2 for v, g in zip(leaves(state.square), turned, strict=True)]
        rate = learning_rate(state.steps) if callable(learning_rate) else learning_rate
        scale = rate * jnp.sqrt(1 - b2**count) / (1 - b1**count)
        steps = [
            -scale * _out_of(_into(m, P) / (jnp.sqrt(v) + epsilon), P)
            for m, v, P in zip(leaves(mean), square, bases, strict=True)
        ]
        whole = jax.tree.structure(grads).unflatten
        return whole(steps), SoapState(count, mean, whole(square), whole(grams), whole(bases))

    return optax.GradientTransformation(init, update)


def _sides(p: Array) -> tuple[int, ...]:
    return p.shape if p.ndim == 2 else ()


def _grams(grams: tuple[Array, ...], g: Array, decay: float) -> tuple[Array, ...]:
    return (
        tuple(decay * S + (1 - decay) * new for S, new in zip(grams, (g @ g.T, g.T @ g), strict=False)) if grams else ()
    )


def _turned(due: Array, grams: tuple[Array, ...], bases: tuple[Array, ...]) -> tuple[Array, ...]:
    power = lambda S, P: jnp.linalg.qr(S @ P + jnp.finfo(S.dtype).tiny * P)[0]
    if not grams:
        return ()
    return jax.lax.cond(due, lambda: tuple(power(S, P) for S, P in zip(grams, bases, strict=True)), lambda: bases)


def _into(g: Float[Array, "..."], bases: tuple[Array, ...]) -> Float[Array, "..."]:
    return bases[0].T @ g @ bases[1] if bases else g


def _out_of(g: Float[Array, "..."], bases: tuple[Array, ...]) -> Float[Array, "..."]:
    return bases[0] @ g @ bases[1].T if bases else g
