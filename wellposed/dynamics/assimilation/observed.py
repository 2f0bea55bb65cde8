"""What is observed of a system, and what an assimilation makes of it."""

from collections.abc import Callable
from typing import Any

import equinox as eqx
from jaxtyping import Array, Float


class Observed(eqx.Module):
    """Noisy observations y_k = h(x_k) + sigma e_k at equidistant times, e_k white.

    Args:
        values: y_k, one row for each time.
        observe: h, from a state to what is seen of it, pure and differentiable.
        sigma: the standard deviation of the noise.
    """

    values: Float[Array, "times observed"]
    observe: Callable[[Any], Any]
    sigma: float


class Assimilated(eqx.Module):
    """The states that were found, at the times of the observations.

    Attributes:
        states: the estimate after each observation was used (the analysis).
        forecasts: the estimate just before.
        spread: the standard deviation that the method itself gives its analysis, root mean square over the state;
            NaN for a method that gives none.
        converged: whether the method arrived at each time.
    """

    states: Float[Array, "times state"]
    forecasts: Float[Array, "times state"]
    spread: Float[Array, " times"]
    converged: Any
