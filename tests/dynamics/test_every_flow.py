"""The battery: every solver with every adjoint keeps the same laws. A new scheme joins by one line in SOLVERS."""

import dataclasses
import inspect
from typing import get_args

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.linalg import expm

import wellposed.dynamics as dyn
from wellposed.dynamics import AbstractScheme, Adaptive, Euler, Flow
from wellposed.dynamics.adaptive import Method
from wellposed.dynamics.flow import Adjoint

ADJOINTS = get_args(Adjoint)


@dataclasses.dataclass(frozen=True)
class Case:
    """A solver with the steps at which its error on the tests' fields is below `error`."""

    solver: AbstractScheme | Adaptive
    steps: int | None
    error: float


def tight(method):
    return Case(Adaptive(method, 1e-9, 1e-9), None, 1e-6)


# Name (its first word is the public class) -> the solver.
SOLVERS = {
    "Euler": Case(Euler(), 400, 2e-2),
    "Heun": Case(dyn.Heun(), 100, 1e-3),
    "Kutta3": Case(dyn.Kutta3(), 60, 1e-4),
    "RK4": Case(dyn.RK4(), 40, 1e-5),
    "RK5": Case(dyn.RK5(), 20, 1e-5),
    "ImplicitEuler": Case(dyn.ImplicitEuler(1e-10), 400, 2e-2),
    "SymplecticEuler": Case(dyn.SymplecticEuler(), 400, 2e-2),
    "Verlet": Case(dyn.Verlet(), 100, 1e-3),
    **{f"Adaptive {method}": tight(method) for method in get_args(Method)},
}
EXACT_BACK = (dyn.Verlet, dyn.SymplecticEuler)
SCHEMES = [name for name, case in SOLVERS.items() if case.steps]
# diffrax compiles for seconds: what the pair has no part in is asked of one pair, and each pair of one adjoint
ONE_OF_A_KIND = [*SCHEMES, "Adaptive tsit5"]
DIFFERENTIATED = [
    (name, adjoint) for name in SOLVERS for adjoint in ADJOINTS if name in ONE_OF_A_KIND or adjoint == "checkpointed"
]
K = np.array([[2.0, 0.5], [0.5, 1.0]])
A = np.block([[np.zeros((2, 2)), np.eye(2)], [-K, np.zeros((2, 2))]])
X = np.array([1.0, -0.5, 0.3, 0.7])
T = 2.0


class Linear(eqx.Module):
    """Springs q'' = -K q, scaled in time by the argument."""

    A: jax.Array

    def __call__(self, t, x, args):
        return args * (self.A @ x)


def energy(x):
    return x[2:] @ x[2:] / 2 + x[:2] @ jnp.asarray(K, x.dtype) @ x[:2] / 2


def flow_of(case, adjoint: Adjoint = "direct", dtype="float64", field=Linear):
    """The end is an array: a flow over another interval is no other program."""
    return Flow(field(jnp.asarray(A, dtype)), case.solver, t1=jnp.asarray(T, dtype), steps=case.steps, adjoint=adjoint)


def one(dtype="float64"):
    return jnp.asarray(1.0, dtype)


@pytest.fixture(params=SOLVERS)
def case(request):
    return SOLVERS[request.param]


@pytest.fixture(params=ONE_OF_A_KIND)
def kind(request):
    return SOLVERS[request.param]


@pytest.fixture
def _float64():
    with jax.enable_x64(True):
        yield


def test_every_public_solver_is_in_the_battery():
    public = {name for name in dir(dyn) if inspect.isclass(getattr(dyn, name))}
    schemes = {name for name in public if issubclass(getattr(dyn, name), AbstractScheme)}
    expected = schemes - {"AbstractScheme", "ExplicitRungeKutta"} | {
        f"Adaptive {method}" for method in get_args(Method)
    }
    assert expected == set(SOLVERS)
    for name, case in SOLVERS.items():
        assert type(case.solver).__name__ == name.split()[0]


@pytest.mark.usefixtures("_float64")
def test_the_linear_system_is_solved_there_and_back(case):
    flow, x = flow_of(case), jnp.asarray(X)
    there = flow(x, one())
    assert there.dtype == x.dtype
    np.testing.assert_allclose(there, expm(T * A) @ X, atol=case.error)
    np.testing.assert_allclose(flow.inverse(x, one()), expm(-T * A) @ X, atol=case.error)


def test_single_precision_stays_single(kind):
    if not kind.steps:
        kind = dataclasses.replace(kind, solver=Adaptive("tsit5", 1e-5, 1e-5))
    flow, ts = flow_of(kind, dtype="float32"), np.array([0.0, 0.7, T], "float32")
    solution = flow.solve(np.asarray(X, "float32"), ts, one("float32"), throw=True)
    assert solution.xs.dtype == solution.ts.dtype == jnp.float32
    np.testing.assert_allclose(solution.xs, [expm(t * A) @ X for t in (0.0, 0.7, T)], atol=max(kind.error, 1e-4))


def assert_order(scheme):
    """Errors at n and 2 n steps, there and back."""
    errors = []
    for steps in (64, 128):
        flow = flow_of(Case(scheme, steps, 0.0))
        got = jnp.stack([flow(jnp.asarray(X), one()), flow.inverse(jnp.asarray(X), one())])
        errors.append(np.linalg.norm(got - np.stack([expm(T * A) @ X, expm(-T * A) @ X]), axis=1))
    np.testing.assert_allclose(np.log2(errors[0] / errors[1]), scheme.order, atol=0.15)


@pytest.mark.usefixtures("_float64")
@pytest.mark.parametrize("name", SCHEMES)
def test_order_of_convergence(name):
    assert_order(SOLVERS[name].solver)


class Broken(Euler):
    """Claims the order that it has not: its second stage looks at the wrong time and place."""

    tableau = dyn.Tableau(a=((), (1.0,)), b=(0.4, 0.6), c=(0.0, 1.0))
    order = 2
    stages = 2


@pytest.mark.usefixtures("_float64")
def test_a_broken_scheme_fails():
    with pytest.raises(AssertionError):
        assert_order(Broken())


@pytest.mark.usefixtures("_float64")
def test_the_energy_of_the_oscillator(case):
    """Over some six periods a symplectic scheme's stays near; any other's moves by no more than its error."""
    symplectic = isinstance(case.solver, EXACT_BACK)
    turns = 15 if case.steps else 3  # tight adaptive steps take long in unoptimised code
    steps = case.steps and (20 if symplectic else case.steps) * turns
    flow, x = dataclasses.replace(flow_of(case), t1=jnp.asarray(turns * T), steps=steps), jnp.asarray(X)
    drift = dyn.energy_drift(flow, x, energy, one()) if steps else abs(energy(flow(x, one())) / energy(x) - 1)
    assert drift < (0.15 if symplectic else turns * case.error)


@pytest.mark.usefixtures("_float64")
def test_reversibility_and_inverse(case):
    flow, x = flow_of(case), jnp.asarray(X)
    exact = isinstance(case.solver, EXACT_BACK)
    assert dyn.invertibility_error(flow, x, one()) < (1e-12 if exact else 2 * case.error)
    assert dyn.reversibility_error(flow, x, one()) < (1e-12 if isinstance(case.solver, dyn.Verlet) else 2 * case.error)


@pytest.mark.usefixtures("_float64")
@pytest.mark.parametrize(("name", "adjoint"), DIFFERENTIATED)
def test_the_gradient_is_that_of_finite_differences(name, adjoint):
    """In the state, the argument and the field's array, along one direction."""
    case = SOLVERS[name]
    values = (jnp.asarray(A), jnp.asarray(X), one())
    direction = [jnp.cos(jnp.arange(v.size, dtype=float)).reshape(v.shape) for v in values]

    def loss(values, flow):
        array, x, a = values
        flow = eqx.tree_at(lambda flow: flow.field.A, flow, array)
        return jnp.sum(jnp.sin(flow(x, a)) * jnp.arange(1.0, 5.0))

    moved = lambda s: loss([v + s * d for v, d in zip(values, direction, strict=True)], flow_of(case))
    slope = (moved(1e-4) - moved(-1e-4)) / 2e-4
    grad = jax.grad(loss)(values, dataclasses.replace(flow_of(case, adjoint), t1=T))  # backsolve: no gradient in t1
    found = sum(jnp.vdot(g, d) for g, d in zip(grad, direction, strict=True))
    loose = adjoint == "backsolve" and not isinstance(case.solver, EXACT_BACK)
    assert abs(float(slope)) > 0.1
    assert float(found) == pytest.approx(float(slope), rel=5 * case.error if loose else 1e-5)


@pytest.mark.usefixtures("_float64")
def test_jit_and_vmap(kind):
    flow, xs = flow_of(kind), jnp.stack([jnp.asarray(X), 2 * jnp.asarray(X)])
    singly = jnp.stack([flow(x, one()) for x in xs])
    together = eqx.filter_jit(jax.vmap(lambda x: flow(x, one())))(xs)
    np.testing.assert_allclose(together, singly, rtol=1e-6)


@pytest.mark.parametrize("adjoint", ADJOINTS)
def test_no_recompilation_for_an_equal_flow(kind, adjoint):
    traces = []

    class Counted(Linear):
        def __call__(self, t, x, args):
            traces.append(t)
            return super().__call__(t, x, args)

    def again(scale):
        flow = flow_of(kind, adjoint, "float32", Counted)
        flow(jnp.asarray(scale * X, "float32"), one("float32"))
        return len(traces)

    assert again(1.0) == again(0.9) > 0


def test_an_overflow_has_a_code(kind):
    flow = Flow(lambda t, x, args: jnp.exp(x), kind.solver, t1=50.0, steps=kind.steps)
    solution = flow.solve(jnp.full(2, 5.0))
    assert solution.result != dyn.RESULTS.successful
    assert not jnp.isfinite(flow(jnp.full(2, 5.0))).any()
    with pytest.raises(Exception, match=r"state of the flow became NaN|max_steps|step fell below|implicit stage"):
        flow.solve(jnp.full(2, 5.0), throw=True)


def test_a_wrong_shape_is_a_sentence(case):
    flow = flow_of(case, dtype="float32")
    for wrong in (jnp.zeros(6), jnp.zeros((3, 4))):
        with pytest.raises(ValueError, match=r"Flow expects .* got .*map the flow over a batch by vmap"):
            flow(wrong, one("float32"))
