"""The Lyapunov exponents of a map or a flow."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, ArrayLike, Float


def lyapunov_exponents(
    flow: Callable[[Any], Any], x0: Float[ArrayLike, " size"], count: int, time: float = 1.0, leading: int | None = None
) -> Float[Array, " leading"]:
    """The mean growth rates of small disturbances along a trajectory, by QR after every application [@benettin1980].

    Equation: Q_{k+1} R_{k+1} = D f(x_k) Q_k, x_{k+1} = f(x_k); lambda_i = sum_k log |R_k,ii| / (count time).

    Args:
        flow: f, a map of one state, differentiable by jvp, such as a `Flow` over a short time.
        x0: a state on the attractor.
        count: applications; the first tenth only turns Q and is not counted.
        time: that one application lasts.
        leading: how many exponents; all by default.

    Returns:
        Exponents, descending but for rounding, per unit of time. Their error falls as 1 / sqrt(count).

    Example:
        >>> double = lambda x: jnp.array([2.0, 0.5]) * x
        >>> (lyapunov_exponents(double, jnp.zeros(2), 20) / jnp.log(2.0)).round(3).tolist()
        [1.0, -1.0]
    """
    x0 = jnp.asarray(x0)
    Q = jnp.eye(x0.size, leading or x0.size, dtype=x0.dtype)

    def onward(carry: tuple[Array, Array], _: None) -> tuple[tuple[Array, Array], Array]:
        x, Q = carry
        ahead, push = jax.linearize(flow, x)
        Q, R = jnp.linalg.qr(jax.vmap(push, in_axes=1, out_axes=1)(Q))
        return (ahead, Q), jnp.log(jnp.abs(jnp.diagonal(R)))

    logs = jax.lax.scan(onward, (x0, Q), None, length=count)[1][count // 10 :]
    return logs.mean(axis=0) / time
