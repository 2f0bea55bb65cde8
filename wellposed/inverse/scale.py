"""The norm that an iterative method takes its step size from."""

import jax
from jaxtyping import Array, Float

from ..operators import Operator, norm


def spectral_norm(A: Operator) -> Float[Array, ""]:
    """|A|, from above within a percent: the estimate is from below, and a step must not be too long.

    It is computed at once when the operator holds plain arrays, also while a parameter is being traced.
    """
    with jax.ensure_compile_time_eval():
        return 1.005 * norm(A, jax.random.key(0)).value
