"""The flow of a field: the map from the state at t0 to the state at t1."""

from typing import Any, Literal, get_args

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, ArrayLike, Float, PyTree

from . import adaptive, fixed
from .adaptive import Adaptive
from .piecewise import Piecewise
from .problem import Field, Problem, posed
from .schemes import RK4, AbstractScheme
from .solution import Solution

Adjoint = Literal["direct", "checkpointed", "backsolve"]


class Flow(eqx.Module):
    """The flow of dx/dt = f(t, x, args): the map that takes x(t0) to x(t1) [@chen2018].

    One interface over fixed-step schemes, which run under `lax.scan`, and over diffrax's adaptive steps. A flow
    is called with one sample, any array or tree of arrays; batches go through `vmap`. t1 may lie before t0. It is
    a record: `dataclasses.replace(flow, t1=2.0, steps=40)` is another.

    Args:
        field: f, any pure function or module `(t, x, args) -> dx/dt`; a `Piecewise` field has layers.
        solver: a scheme, such as `RK4()`, or `Adaptive(...)`.
        t0: where the interval begins.
        t1: where it ends.
        steps: how many steps of equal length a scheme takes; None for `Adaptive`.
        adjoint: how it is differentiated. `direct`: through the steps, by jvp and by vjp. `checkpointed`: the
            same gradients, from the states at the steps alone, each step being computed again (for `Adaptive`
            diffrax's recursive checkpoints, which have no jvp). `backsolve`: nothing is stored, since the states
            are solved backwards; no jvp and no gradient in t0, t1, nor in arrays that a plain function closes over:
            make them fields of a module, or `args`. For a scheme each step is then transposed
            at the state so found: for `Verlet` and `SymplecticEuler`, whose way back is exact, that is the
            exact gradient, for the others one with the error of the scheme. For `Adaptive` the adjoint
            equation of [@chen2018] is solved.

    Shapes:
        `x0`, the result and `field(t, x0, args)` have one structure, shapes and dtypes.

    Raises:
        ValueError: if the options do not fit together, or the field does not fit the state.

    Example:
        >>> import jax, jax.numpy as jnp
        >>> rotation = lambda t, x, args: jnp.array([-x[1], x[0]])
        >>> flow = Flow(rotation, RK4(), t1=jnp.pi / 2, steps=20)
        >>> flow(jnp.array([1.0, 0.0])).round(4)
        Array([0., 1.], dtype=float32)
        >>> flow.inverse(jnp.array([0.0, 1.0])).round(4)
        Array([1., 0.], dtype=float32)
        >>> flow.trajectory(jnp.array([1.0, 0.0]), jnp.array([0.0, jnp.pi / 4])).round(4)
        Array([[1.    , 0.    ],
               [0.7071, 0.7071]], dtype=float32)

    When it fails: a state that overflows, or an adaptive solver that does not arrive, gives NaN; `solve` says
        why by its code, and raises the sentence where asked to throw.

    See also:
        `stability`, `invertibility_error` and the other laws of a flow.
    """

    field: Field
    solver: AbstractScheme | Adaptive = RK4()
    t0: float | Array = 0.0
    t1: float | Array = 1.0
    steps: int | None = eqx.field(static=True, default=None)
    adjoint: Adjoint = eqx.field(static=True, default="direct")

    def __check_init__(self):
        if self.adjoint not in get_args(Adjoint):
            raise ValueError(f"Flow expects an adjoint of {list(get_args(Adjoint))}, got {self.adjoint!r}.")
        name = type(self.solver).__name__
        if isinstance(self.solver, Adaptive):
            if self.steps is not None:
                raise ValueError(f"Flow expects no steps with Adaptive, which chooses its own, got {self.steps}.")
        elif not isinstance(self.steps, int) or self.steps < 1:
            raise ValueError(f"Flow expects a positive number of steps for {name}, got {self.steps}: say steps=20.")
        if isinstance(self.field, Piecewise) and (self.field.t0, self.field.t1) != (self.t0, self.t1):
            raise ValueError(
                f"Flow expects the interval [{self.field.t0}, {self.field.t1}] of its Piecewise field, got "
                f"[{self.t0}, {self.t1}]: give both the same; the way back is flow.inverse."
            )

    def __call__(self, x0: PyTree[ArrayLike], args: PyTree = None) -> PyTree[Array]:
        """x(t1) from x(t0) = x0."""
        return _end(self, x0, args, False)

    def inverse(self, x1: PyTree[ArrayLike], args: PyTree = None) -> PyTree[Array]:
        """x(t0) from x(t1) = x1: the steps taken back, from the last to the first."""
        return _end(self, x1, args, True)

    def trajectory(
        self, x0: PyTree[ArrayLike], ts: Float[ArrayLike, " times"] | None = None, args: PyTree = None
    ) -> PyTree[Array]:
        """The states at `ts`, as `solve` gives them: each leaf has the times as its first axis."""
        return _solve(self, x0, ts, args).xs

    def solve(
        self,
        x0: PyTree[ArrayLike],
        ts: Float[ArrayLike, " times"] | None = None,
        args: PyTree = None,
        throw: bool = False,
    ) -> Solution:
        """The states at some times, how the integration ended, and statistics.

        Args:
            x0: the state at t0.
            ts: times between t0 and t1, in any order. A scheme steps from t0 to t1 whatever they are, and
                between two steps the state is Hermite's cubic, of order 4. None: t0 and the end of each step
                of a scheme; t0 and t1 for `Adaptive`.
            args: what the field takes beside the state.
            throw: whether to raise where the integration failed.
        """
        solution = _solve(self, x0, ts, args)
        return solution.raised() if throw else solution

    def field_at(self, k: int | Array) -> Field:
        """The field that acts in step k of a scheme: the layer of a `Piecewise` field, else the field."""
        if not isinstance(self.field, Piecewise):
            return self.field
        return self.field.layer(k // (self.scheme_steps() // self.field.count))

    def step(self, k: int | Array, x: PyTree[Array], args: PyTree = None) -> PyTree[Array]:
        """Step k of a scheme as a map: the state after it from the state before it."""
        h = (self.t1 - self.t0) / self.scheme_steps()
        slope = lambda t, x: self.field_at(k)(t, x, args)
        return self.solver.step(slope, jnp.asarray(self.t0 + k * h), jnp.asarray(h), x)  # pyright: ignore[reportAttributeAccessIssue]

    def scheme_steps(self) -> int:
        """The number of steps of a scheme.

        Raises:
            ValueError: for `Adaptive`, whose steps are not known beforehand.
        """
        if self.steps is None:
            raise ValueError("Flow expects a fixed-step scheme here, got Adaptive: take RK4() with steps.")
        return self.steps


def _posed(flow: Flow, x0: PyTree[ArrayLike], args: PyTree) -> tuple[Any, Problem]:
    problem = posed(flow.field, x0, args, (flow.t0, flow.t1), flow.steps or 0, flow.adjoint)
    return (adaptive if isinstance(flow.solver, Adaptive) else fixed), problem


@eqx.filter_jit
def _end(flow: Flow, x: PyTree[ArrayLike], args: PyTree, backward: bool) -> PyTree[Array]:
    way, problem = _posed(flow, x, args)
    return way.end(flow.solver, problem, backward)


@eqx.filter_jit
def _solve(flow: Flow, x0: PyTree[ArrayLike], ts: Float[ArrayLike, " times"] | None, args: PyTree) -> Solution:
    way, problem = _posed(flow, x0, args)
    return way.solve(flow.solver, problem, None if ts is None else jnp.asarray(ts, problem.t0.dtype))
