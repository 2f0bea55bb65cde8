"""Steady flow through a vessel: Newton's method on the stabilised Navier-Stokes equations."""

import enum
from typing import NamedTuple

import numpy as np
import scipy.sparse as sp
from jaxtyping import Float

from .corrections import Corrections
from .element import Fluid, jacobian, local, residual
from .sparsity import Sparsity, gather, sparsity
from .tetrahedra import Elements, Lumen, elements, flux, normals

Unknowns = Float[np.ndarray, "points 4"]
BLOOD = Fluid()


class Outcome(enum.Enum):
    """How a computation ended, in a sentence."""

    CONVERGED = "The residual is below the tolerance."
    STALLED = "Newton's method stopped to make progress, also in small steps of the density from Stokes flow."
    SINGULAR = "A linear system could not be solved."


class SteadyFlow(NamedTuple):
    """A steady flow and how it was found.

    Attributes:
        velocity: at each point, in cm/s.
        pressure: at each point, in dyn/cm2; about 0 at the outlet, where the traction vanishes.
        force: what the outside does to the fluid at each point, in dyn: the momentum equation tested with the hat
            function of the point, which is zero inside and the reaction at wall and inlet.
        outcome: whether it converged.
        iterations: of Newton's method, that of a Stokes flow included.
        factored: how many matrices were factored for them.
        residual: the largest equation that is left, relative to the reactions (momentum) and the inflow (mass).
        history: the residual after each iteration of the last stretch of continuation.
    """

    velocity: Float[np.ndarray, "points 3"]
    pressure: Float[np.ndarray, " points"]
    force: Float[np.ndarray, "points 3"]
    outcome: Outcome
    iterations: int
    factored: int
    residual: float
    history: tuple[float, ...]


class _Problem(NamedTuple):
    lumen: Lumen
    el: Elements
    fluid: Fluid
    pattern: Sparsity
    free: np.ndarray  # numbers of the unknowns that are not given
    inflow: float


class _State(NamedTuple):
    x: Unknowns
    left: Unknowns  # the equations
    size: float


def steady_flow(
    lumen: Lumen,
    inflow: float,
    fluid: Fluid = BLOOD,
    start: Float[np.ndarray, "points 3"] | None = None,
    *,
    tolerance: float = 1e-9,
    steps: int = 20,
    throw: bool = True,
) -> SteadyFlow:
    """Solve rho u . grad u = mu Lap u - grad p, div u = 0 in a vessel with rigid walls.

    The fluid rests at the wall, comes in fully developed, and leaves without traction, mu du/dn = p n. Linear
    tetrahedra for velocity and pressure with the stabilisation of `element.residual`; an inexact Newton method with the
    exact derivative, from the Stokes flow. Where it makes no progress, the density grows from 0 in smaller steps.

    Args:
        lumen: the mesh.
        inflow: what comes in, in cm3/s.
        fluid: density and viscosity.
        start: a velocity to begin with, such as `Swept.guess`, which saves the Stokes flow; its values at wall and
            inlet do not matter.
        tolerance: for the residual.
        steps: of Newton's method for one density, at most.
        throw: raise an error where it does not converge; else see `outcome`.

    Returns:
        The flow. What comes in leaves up to the residual, since the constants are among the pressures.

    Raises:
        ArithmeticError: it did not converge, and `throw` is set.

    Example:
        >>> from wellposed.simulate.artery import Vessel, steady_flow, swept_lumen
        >>> tube = Vessel(radius=0.15, length=0.6, inlet_extension=0.1, outlet_extension=0.1)
        >>> flow = steady_flow(swept_lumen(tube, around=12).lumen, inflow=1.0)
        >>> flow.outcome.name, flow.iterations < 8
        ('CONVERGED', True)

    When it fails:
        Steady flows beyond a Reynolds number of a few hundred behind a narrow stenosis need not be stable, and where
        fluid comes back in through the outlet the equations have no solution that means anything: leave several
        diameters between a stenosis and the outlet.
    """
    problem, x = _posed(lumen, inflow, fluid)
    state = _evaluated(problem, x if start is None else _begun(problem, x, start), float(start is not None))
    iterations, history, correct = 0, [state.size], Corrections()
    try:
        if start is not None:
            state, iterations, history = _newton(problem, state, correct, 1.0, tolerance, steps)
        if start is None or state.size > tolerance:
            state = _evaluated(problem, x, 0.0)
            state, more, history = _follow(problem, state, correct, tolerance, steps)
            iterations += more
        outcome = Outcome.CONVERGED if state.size <= tolerance else Outcome.STALLED
    except ArithmeticError:
        outcome = Outcome.SINGULAR
    finally:
        correct.close()
    if throw and outcome is not Outcome.CONVERGED:
        raise ArithmeticError(f"the flow did not converge (residual {state.size:.1e}). {outcome.value}")
    velocity, pressure = state.x[:, :3].copy(), state.x[:, 3].copy()
    force, count = state.left[:, :3].copy(), correct.factored
    return SteadyFlow(velocity, pressure, force, outcome, iterations, count, state.size, tuple(map(float, history)))


def developed(lumen: Lumen, inflow: float) -> Float[np.ndarray, "points 3"]:
    """The fully developed flow through the inlet, 0 elsewhere: along the normal, -Lap w = const, w = 0 at the rim."""
    area = normals(lumen.points, lumen.inlet)
    inward = -area.sum(axis=0) / np.linalg.norm(area.sum(axis=0))
    ids, faces = np.unique(lumen.inlet, return_inverse=True)
    faces = faces.reshape(-1, 3)
    corner = lumen.points[lumen.inlet]
    size = np.linalg.norm(area, axis=1)
    edge = corner[:, [2, 0, 1]] - corner[:, [1, 2, 0]]  # opposite to each corner
    stiff = np.einsum("tai,tbi->tab", edge, edge) / (4.0 * size[:, None, None])
    rows, columns = np.repeat(faces, 3, axis=1).ravel(), np.tile(faces, 3).ravel()
    A = sp.csr_array(sp.coo_array((stiff.ravel(), (rows, columns)), shape=(ids.size, ids.size)))
    load = np.bincount(faces.ravel(), np.repeat(size / 3.0, 3), ids.size)
    inside = np.flatnonzero(~np.isin(ids, lumen.wall))
    w = np.zeros(lumen.points.shape[0])
    w[ids[inside]] = sp.linalg.spsolve(sp.csc_array(A[inside][:, inside]), load[inside])
    velocity = w[:, None] * inward
    return velocity * (inflow / -flux(velocity, lumen.points, lumen.inlet))


def _posed(lumen: Lumen, inflow: float, fluid: Fluid) -> tuple[_Problem, Unknowns]:
    count = lumen.points.shape[0]
    given = np.zeros((count, 4), bool)
    given[np.union1d(lumen.wall, lumen.inlet), :3] = True
    free = np.flatnonzero(~given.ravel())
    problem = _Problem(lumen, elements(lumen), fluid, sparsity(lumen.tets, count, free), free, inflow)
    x = np.zeros((count, 4))
    x[:, :3] = developed(lumen, inflow)
    return problem, x


def _begun(problem: _Problem, x: Unknowns, velocity: Float[np.ndarray, "points 3"]) -> Unknowns:
    """A velocity with the given values at wall and inlet."""
    wanted = np.concatenate([velocity, x[:, 3:]], axis=1).ravel()
    found = x.ravel().copy()
    found[problem.free] = wanted[problem.free]
    return found.reshape(x.shape)


def _follow(
    problem: _Problem, state: _State, correct: Corrections, tolerance: float, steps: int
) -> tuple[_State, int, list[float]]:
    """Stokes flow first; then the whole density at once, and where that fails half of the way that is left."""
    state, iterations, history = _newton(problem, state, correct, 0.0, tolerance, 1)
    correct.close()  # without inertia the matrix is too far from those that follow
    reached, stride, reserve = 0.0, 1.0, 6
    while reached < 1.0:
        target = min(1.0, reached + stride)
        found, used, history = _newton(problem, state, correct, target, tolerance, steps)
        iterations += used
        if found.size <= tolerance:
            state, reached = found, target
        elif reserve == 0:
            return found, iterations, history
        else:
            stride, reserve = stride / 2.0, reserve - 1
    return state, iterations, history


def _newton(
    problem: _Problem, state: _State, correct: Corrections, share: float, tolerance: float, steps: int
) -> tuple[_State, int, list[float]]:
    """Newton's method with this share of the density; a step is halved while it does not help."""
    state = _evaluated(problem, state.x, share)
    history = [state.size]
    for step in range(steps):
        if state.size <= tolerance:
            return state, step, history
        correction = _correction(problem, state, correct, share)
        for damping in (1.0, 0.5, 0.25):
            found = _evaluated(problem, state.x - damping * correction, share)
            if found.size < state.size:
                break
        else:
            return state, step + 1, history
        state = found
        history.append(state.size)
    return state, steps, history


def _parts(problem: _Problem, x: Unknowns, share: float):
    fluid = problem.fluid._replace(density=share * problem.fluid.density)
    corner = x[problem.lumen.tets].transpose(1, 2, 0)  # (4, 4, tets)
    return fluid, local(problem.el, fluid, np.ascontiguousarray(corner[:, :3]), np.ascontiguousarray(corner[:, 3]))


def _evaluated(problem: _Problem, x: Unknowns, share: float) -> _State:
    fluid, at = _parts(problem, x, share)
    left = gather(residual(problem.el, fluid, at), problem.lumen.tets, x.shape[0])
    free = np.zeros(left.size, bool)
    free[problem.free] = True
    free = free.reshape(left.shape)
    reaction = np.linalg.norm(left[:, :3][~free[:, :3]])
    momentum = np.linalg.norm(left[:, :3][free[:, :3]]) / max(reaction, np.finfo(float).tiny)
    mass = np.linalg.norm(left[:, 3]) / abs(problem.inflow)
    return _State(x, left, float(max(momentum, mass)))


def _correction(problem: _Problem, state: _State, correct: Corrections, share: float) -> Unknowns:
    fluid, at = _parts(problem, state.x, share)
    A = problem.pattern.matrix(jacobian(problem.el, fluid, at))
    found = np.zeros(state.x.size)
    found[problem.free] = correct(A, state.left.ravel()[problem.free])
    return found.reshape(state.x.shape)
