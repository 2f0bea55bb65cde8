"""What an iterative reconstruction returns: the picture, a code that says how it ended, and statistics."""

from typing import TypeVar

import equinox as eqx
import lineax as lx
from jaxtyping import Array, Bool, Inexact, Shaped

_Result = TypeVar("_Result", bound=eqx.Module)


class RESULTS(lx.RESULTS):  # pyright: ignore[reportGeneralTypeIssues]
    """How a reconstruction, or the choice of its parameter, ended: lineax's codes and these."""

    gap_not_reached = (
        "The steps ended before the relative primal-dual gap fell to the tolerance: allow more `steps`, "
        "raise `tolerance`, or set `amplitude` to the size of the picture's values."
    )
    discrepancy_not_reached = (
        "No reconstruction fits the data to the noise level: allow more `steps` or less regularisation, or "
        "check `noise_norm` and the operator."
    )
    at_the_edge = "The best parameter lies at an end of the grid, so that a better one may lie beyond: widen the grid."
    no_corner = "The L-curve has no corner on this grid: widen the grid, or use another rule."
    not_finite = "The data, or the reconstruction made from them, hold numbers that are not finite."


class Solution(eqx.Module):
    """A reconstruction with its certificate.

    Attributes:
        value: the picture, of shape `A.in_shape`.
        result: `RESULTS.successful`, or why it is not; `RESULTS[solution.result]` is a sentence.
        stats: numbers about the iteration, such as `steps`.
    """

    value: Inexact[Array, "..."]
    result: RESULTS
    stats: dict[str, Shaped[Array, ""]]


def success_if(condition: Bool[Array, ""], otherwise: RESULTS) -> RESULTS:
    """`RESULTS.successful` where the condition holds, else the other code."""
    return RESULTS.where(condition, RESULTS.successful, otherwise)  # pyright: ignore[reportArgumentType]


def raised(found: _Result, result: RESULTS, throw: bool) -> _Result:
    """What was found; raises the sentence of its `result` when it is no success and `throw` asks for that."""
    return result.error_if(found, result != RESULTS.successful) if throw else found
