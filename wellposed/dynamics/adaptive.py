"""Adaptive steps by diffrax."""

from typing import TYPE_CHECKING, Any, Literal, get_args

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, PyTree

from .piecewise import Piecewise
from .problem import Problem
from .solution import RESULTS, Solution, all_finite, nan_where

if TYPE_CHECKING:
    import diffrax

Method = Literal["tsit5", "dopri5", "dopri8", "kvaerno5"]
_DIFFRAX = {"tsit5": "Tsit5", "dopri5": "Dopri5", "dopri8": "Dopri8", "kvaerno5": "Kvaerno5"}


class Adaptive(eqx.Module):
    """Embedded Runge-Kutta pairs with adaptive steps, by [diffrax](https://docs.kidger.site/diffrax/) [@kidger2022].

    The local error is kept below `atol + rtol |x|` by a PI controller. Explicit: `tsit5` and `dopri5`
    (order 5) and `dopri8`; implicit, for stiff fields: `kvaerno5`.

    Args:
        method: the pair.
        rtol: relative tolerance of a step.
        atol: absolute tolerance of a step.
        max_steps: how many steps, rejected ones included, before it gives up.

    Example:
        >>> import jax.numpy as jnp
        >>> from wellposed.dynamics import Flow
        >>> decay = lambda t, x, args: -x
        >>> round(float(Flow(decay, Adaptive(rtol=1e-6, atol=1e-6))(1.0)), 4)
        0.3679
    """

    method: Method = eqx.field(static=True, default="tsit5")
    rtol: float = eqx.field(static=True, default=1e-4)
    atol: float = eqx.field(static=True, default=1e-6)
    max_steps: int = eqx.field(static=True, default=4096)

    def __check_init__(self):
        if self.method not in get_args(Method):
            raise ValueError(f"Adaptive expects a method of {list(get_args(Method))}, got {self.method!r}.")


def end(solver: Adaptive, problem: Problem, backward: bool) -> PyTree[Array]:
    """The state at t1, or at t0 if backward; NaN where the solver did not arrive."""
    if backward:
        problem = problem._replace(t0=problem.t1, t1=problem.t0)
    return jax.tree.map(lambda xs: xs[0], solve(solver, problem, problem.t1[None]).xs)


def solve(solver: Adaptive, problem: Problem, ts: Float[Array, " times"] | None) -> Solution:
    """The states at `ts`, or at t0 and t1."""
    import diffrax

    t0, t1 = problem.t0, problem.t1
    ts = jnp.stack([t0, t1]) if ts is None else ts
    outside = (ts - t0) * (ts - t1) > 0
    inside = jnp.clip(ts, jnp.minimum(t0, t1), jnp.maximum(t0, t1))
    order = jnp.argsort(inside * jnp.sign(t1 - t0))
    found = diffrax.diffeqsolve(
        diffrax.ODETerm(problem.field),  # pyright: ignore[reportArgumentType]
        getattr(diffrax, _DIFFRAX[solver.method])(),
        t0,
        t1,
        None,
        problem.x0,
        problem.args,
        saveat=diffrax.SaveAt(ts=inside[order]),
        stepsize_controller=_controller(solver, problem),
        adjoint=_adjoint(problem.adjoint),
        max_steps=solver.max_steps,
        throw=False,
    )
    back = jnp.argsort(order)
    xs = jax.tree.map(lambda a: jnp.where(jnp.isfinite(a), a, jnp.nan)[back], found.ys)
    start = all_finite(problem.field(t0, problem.x0, problem.args))
    result = _result(found.result, xs, start)
    result = RESULTS.where(outside.any() & (result == RESULTS.successful), RESULTS.outside, result)
    return Solution(ts, nan_where(outside, xs), result, _counts(found.stats))


def _controller(solver: Adaptive, problem: Problem) -> "diffrax.AbstractStepSizeController":
    """PI control; the steps end where the layers of a Piecewise field do."""
    import diffrax

    control = diffrax.PIDController(solver.rtol, solver.atol, pcoeff=0.3, icoeff=0.4)
    field = problem.field
    if not isinstance(field, Piecewise):
        return control
    ends = jnp.linspace(field.t0, field.t1, field.count + 1, dtype=problem.t0.dtype)[1:-1]
    return diffrax.ClipStepSizeController(control, jump_ts=ends)


def _adjoint(name: str) -> "diffrax.AbstractAdjoint":
    import diffrax

    return {
        "direct": diffrax.DirectAdjoint,
        "checkpointed": diffrax.RecursiveCheckpointAdjoint,
        "backsolve": diffrax.BacksolveAdjoint,
    }[name]()


def _result(found: Any, xs: PyTree[Array], start: Bool[Array, ""]) -> RESULTS:
    """Diffrax's code as ours: what is none of these was an implicit stage without a solution.

    From a slope that is not finite at the start diffrax rejects every step, until it has taken too many.
    """
    import diffrax

    result: Any = RESULTS.where(found == diffrax.RESULTS.successful, RESULTS.successful, RESULTS.implicit_solve_failed)
    result = RESULTS.where(found == diffrax.RESULTS.dt_min_reached, RESULTS.step_too_small, result)
    result = RESULTS.where(found == diffrax.RESULTS.max_steps_reached, RESULTS.max_steps_reached, result)
    broken = ~start | (found == diffrax.RESULTS.nonfinite) | ((result == RESULTS.successful) & ~all_finite(xs))
    return RESULTS.where(broken, RESULTS.not_finite, result)


def _counts(stats: dict[str, Any]) -> dict[str, Array]:
    kept = {"steps": "num_steps", "accepted": "num_accepted_steps", "rejected": "num_rejected_steps"}
    return {name: jnp.asarray(stats[key]) for name, key in kept.items() if key in stats}
