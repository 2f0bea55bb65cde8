"""The laws of flows as numbers that users, tests and the audit compute alike."""

from collections.abc import Callable

import equinox as eqx
import jax
import jax.numpy as jnp
from jax.flatten_util import ravel_pytree
from jaxtyping import Array, ArrayLike, Complex, Float, PyTree, Scalar

from .flow import Flow
from .schemes import halves

_X = PyTree[ArrayLike]
EndMap = Callable[..., PyTree]  # a `Flow`, or any map (x0, args) -> x1


class Stability(eqx.Module):
    """The spectrum of the field's Jacobian along a flow.

    Attributes:
        ts: times.
        eigenvalues: of df/dx at each time.
        growth: their largest real part at each time: at most 0 where a small disturbance does not grow for
            long, in a field that changes slowly.
        logarithmic_norm: mu(t), the largest eigenvalue of the symmetric part of df/dx: two solutions part at
            most by the factor exp(integral of mu), whatever the field does in time.
    """

    ts: Float[Array, " times"]
    eigenvalues: Complex[Array, "times size"]
    growth: Float[Array, " times"]
    logarithmic_norm: Float[Array, " times"]


def stability(flow: Flow, x0: _X, args: PyTree = None) -> Stability:
    """The spectrum of the Jacobian df/dx along the flow, which says whether its network is stable [@haber2018].

    Args:
        flow: of a fixed-step scheme, real.
        x0: the state at t0.
        args: what the field takes beside the state.

    Returns:
        A `Stability` at the beginning of each step.

    Example:
        >>> from wellposed.dynamics import RK4
        >>> damped = lambda t, x, args: jnp.array([x[1], -x[0] - 0.2 * x[1]])
        >>> stability(Flow(damped, RK4(), steps=2), jnp.ones(2)).growth.round(3)
        Array([-0.1, -0.1], dtype=float32)
    """
    solution = flow.solve(x0, None, args)
    start = jax.tree.map(lambda xs: xs[:-1], solution.xs)
    ts, steps = solution.ts[:-1], jnp.arange(flow.scheme_steps())
    at = lambda k, t, x: _matrix(lambda y: flow.field_at(k)(t, y, args), x)
    J = jax.vmap(at)(steps, ts, start)  # (steps, size, size)
    eigenvalues = jnp.linalg.eigvals(J)
    symmetric = jnp.linalg.eigvalsh((J + J.mT) / 2)
    return Stability(ts, eigenvalues, eigenvalues.real.max(1), symmetric[:, -1])


def symplecticity_error(
    flow: EndMap, x: _X, structure: Float[Array, "size size"] | None = None, args: PyTree = None
) -> Scalar:
    """How far the flow is from symplectic: |S J S' - J| / |J| with S = d flow(x) / dx [@hairer2006].

    Args:
        flow: any flow, or another map `(x0, args) -> x1`.
        x: a state: positions, then momenta, along its first axis.
        structure: J on the ravelled state, antisymmetric; [[0, 1], [-1, 0]] by default.
        args: what the field takes beside the state.

    Returns:
        A number of the size of the rounding error for a symplectic scheme on a Hamiltonian field, of the size
        of the scheme's error for another scheme.

    Example:
        >>> from wellposed.dynamics import Euler, Verlet
        >>> pendulum = lambda t, x, args: jnp.array([x[1], -jnp.sin(x[0])])
        >>> [bool(symplecticity_error(Flow(pendulum, s, steps=9), jnp.ones(2)) < 1e-5) for s in (Verlet(), Euler())]
        [True, False]
    """
    S = _matrix(lambda y: flow(y, args), x)
    if structure is None:
        half, _ = halves(jnp.asarray(x))
        eye, zero = jnp.eye(half.size, dtype=S.dtype), jnp.zeros((half.size, half.size), S.dtype)
        structure = jnp.block([[zero, eye], [-eye, zero]])
    return jnp.linalg.norm(S @ structure @ S.T - structure) / jnp.linalg.norm(structure)


def flip_momenta(x: Float[Array, "..."]) -> Float[Array, "..."]:
    """The reflection (q, p) -> (q, -p), by which a mechanical system runs backwards."""
    q, p = halves(x)
    return jnp.concatenate([q, -p])


def reversibility_error(
    flow: EndMap, x: _X, args: PyTree = None, reflection: Callable[[PyTree], PyTree] = flip_momenta
) -> Scalar:
    """How far the flow is from reversible: |r flow(r flow(x)) - x| / |x| for a reflection r [@hairer2006].

    Args:
        flow: of a field with f(r x) = -r f(x), or the end map of another model, which does not depend on time.
        x: a state.
        args: what the field takes beside the state.
        reflection: r, its own inverse; by default the momenta change sign.

    Returns:
        A number of the size of the rounding error for a symmetric scheme such as `Verlet`, else of the size
        of the scheme's error.

    Example:
        >>> from wellposed.dynamics import Euler, Verlet
        >>> pendulum = lambda t, x, args: jnp.array([x[1], -jnp.sin(x[0])])
        >>> [bool(reversibility_error(Flow(pendulum, s, steps=9), jnp.ones(2)) < 1e-5) for s in (Verlet(), Euler())]
        [True, False]
    """
    there = reflection(flow(x, args))
    return _distance(reflection(flow(there, args)), x)


def invertibility_error(flow: Flow, x: _X, args: PyTree = None) -> Scalar:
    """How far `flow.inverse` is from the inverse of the flow: |flow.inverse(flow(x)) - x| / |x|.

    Args:
        flow: any flow.
        x: a state at t0.
        args: what the field takes beside the state.

    Returns:
        A number of the size of the rounding error for `Verlet` and `SymplecticEuler`, else of the size of the
        solver's error. For a strongly contracting field it is large, since its inverse is ill-posed.

    Example:
        >>> from wellposed.dynamics import RK4
        >>> pendulum = lambda t, x, args: jnp.array([x[1], -jnp.sin(x[0])])
        >>> bool(invertibility_error(Flow(pendulum, RK4(), steps=20), jnp.ones(2)) < 1e-5)
        True
    """
    return _distance(flow.inverse(flow(x, args), args), x)


def energy_drift(flow: Flow, x0: _X, energy: Callable[[PyTree], Scalar], args: PyTree = None) -> Scalar:
    """How far the flow is from keeping an energy: the largest |E(x(t)) - E(x0)| / |E(x0)| over its times.

    Args:
        flow: any flow; of a scheme after each step, of `Adaptive` at the end.
        x0: the state at t0, of an energy that is not 0.
        energy: E, from a state to a number.
        args: what the field takes beside the state.

    Example:
        >>> from wellposed.dynamics import Verlet
        >>> spring = lambda t, x, args: jnp.array([x[1], -x[0]])
        >>> energy = lambda x: jnp.vdot(x, x) / 2
        >>> bool(energy_drift(Flow(spring, Verlet(), t1=100.0, steps=1000), jnp.ones(2), energy) < 0.01)
        True
    """
    energies = jax.vmap(energy)(flow.trajectory(x0, None, args))
    return jnp.abs(energies - energies[0]).max() / jnp.abs(energies[0])


def backward_gradient_norms(flow: Flow, x0: _X, args: PyTree = None) -> Float[Array, " depth"]:
    """The spectral norms of d x_N / d x_k for k = 0, ..., N: whether gradients vanish or explode with depth.

    A gradient in the parameters of layer k is a gradient in x_N times this matrix. For a symplectic step its
    norm is at least 1 [@galimberti2023]; it may still explode.

    Args:
        flow: of a fixed-step scheme.
        x0: the state at t0.
        args: what the field takes beside the state.

    Returns:
        N + 1 norms, the last being 1.

    Example:
        >>> from wellposed.dynamics import Euler
        >>> flow = Flow(lambda t, x, args: -x, Euler(), t1=1.0, steps=2)
        >>> backward_gradient_norms(flow, jnp.ones(3))
        Array([0.25, 0.5 , 1.  ], dtype=float32)
    """
    states = jax.tree.map(lambda xs: xs[:-1], flow.trajectory(x0, None, args))
    steps = jnp.arange(flow.scheme_steps())
    jacobians = jax.vmap(lambda k, x: _matrix(lambda y: flow.step(k, y, args), x))(steps, states)

    def product(after: Array, J: Array) -> tuple[Array, Array]:
        after = after @ J
        return after, jnp.linalg.norm(after, 2)

    eye = jnp.eye(jacobians.shape[1], dtype=jacobians.dtype)
    _, norms = jax.lax.scan(product, eye, jacobians, reverse=True)
    return jnp.concatenate([norms, jnp.ones(1, norms.dtype)])


def _matrix(f: Callable[[PyTree], PyTree], x: _X) -> Float[Array, "size size"]:
    """The Jacobian of f on ravelled states, by vjp, which every adjoint of a flow has."""
    flat, unravel = ravel_pytree(jax.tree.map(jnp.asarray, x))
    return jax.jacrev(lambda v: ravel_pytree(f(unravel(v)))[0])(flat)


def _distance(got: PyTree[Array], want: _X) -> Scalar:
    a, b = (ravel_pytree(jax.tree.map(jnp.asarray, v))[0] for v in (got, want))
    return jnp.linalg.norm(a - b) / jnp.linalg.norm(b)
