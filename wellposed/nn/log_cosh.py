"""The antiderivative of tanh, with tanh."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float


@jax.custom_jvp
def log_cosh(x: Float[Array, "*shape"]) -> tuple[Float[Array, "*shape"], Float[Array, "*shape"]]:
    """sigma(x) = log(2 cosh x) = |x| + log(1 + e^{-2|x|}) and its derivative tanh(x) [@onken2021].

    Both come from one exponential. Since sigma is at least log 2, the plain logarithm keeps all its digits.

    Shapes:
        Both of the shape of x.

    Example:
        >>> value, slope = log_cosh(jnp.array([0.0, -50.0]))
        >>> value.round(4).tolist(), slope.tolist()
        ([0.6930999755859375, 50.0], [0.0, -1.0])
    """
    size = jnp.abs(x)
    e = jnp.exp(-2 * size)
    return size + jnp.log(1 + e), jnp.tanh(x)


@log_cosh.defjvp
def _derivative(primals, tangents):
    (x,), (dx,) = primals, tangents
    value, slope = log_cosh(x)
    return (value, slope), (slope * dx, (1 - slope * slope) * dx)
