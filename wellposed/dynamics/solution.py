"""What a flow returns beside its states: a code that says how it ended, and statistics."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, PyTree, Shaped


class RESULTS(eqx.Enumeration):
    """How an integration ended: `RESULTS[solution.result]` is a sentence."""

    successful = ""
    not_finite = (
        "The state of the flow became NaN or infinite: take more steps, a shorter interval or a smaller field, "
        "or check the initial state."
    )
    max_steps_reached = (
        "The adaptive solver took `max_steps` steps before the end of the interval: raise `max_steps`, loosen "
        "`rtol` and `atol`, or take an implicit method such as kvaerno5 if the field is stiff."
    )
    step_too_small = "The adaptive step fell below the spacing of floating-point times: the field may be singular."
    implicit_solve_failed = "The equations of an implicit stage were not solved: loosen `rtol` and `atol`."
    outside = "Some of the times `ts` lie outside the flow's interval, where its states are NaN: move t0 or t1."


class Solution(eqx.Module):
    """The states of a flow at some times, with their certificate.

    Attributes:
        ts: the times.
        xs: the states, each leaf with the times as its first axis; NaN where the integration did not arrive.
        result: `RESULTS.successful`, or why it is not.
        statistics: counts, such as `steps` and, for the fixed-step schemes, `evaluations` of the field.
    """

    ts: Float[Array, " times"]
    xs: PyTree[Shaped[Array, "times ..."]]
    result: RESULTS
    statistics: dict[str, Shaped[Array, ""]]

    def raised(self) -> "Solution":
        """Itself; raises the sentence of `result` where it is no success."""
        return self.result.error_if(self, self.result != RESULTS.successful)  # pyright: ignore[reportAttributeAccessIssue]


def all_finite(x: PyTree[Array]) -> Bool[Array, ""]:
    """Whether every number of every leaf is finite."""
    return jnp.stack([jnp.isfinite(leaf).all() for leaf in jax.tree.leaves(x)]).all()


def nan_where(outside: Bool[Array, " times"], xs: PyTree[Array]) -> PyTree[Array]:
    """The states, NaN at the times that are marked."""
    return jax.tree.map(lambda a: jnp.where(jnp.expand_dims(outside, range(1, a.ndim)), jnp.nan, a), xs)
