"""The wake of a cylinder in a wide stream, at many Reynolds numbers at once."""

from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int
from scipy.spatial import KDTree

from .forces import Force, force
from .mesh import Cylinder, Mesh, cylinder_mesh
from .navier_stokes import NavierStokes, State, Velocity, navier_stokes, still

CYLINDER = Cylinder(center=(0.0, 0.0), radius=0.5, half=1.5, rings=(0.3, 1.0))
COLUMNS = (-10.0, -5.5, -3.0, -1.5, 1.5, 3.0, 4.75, 6.75, 9.0, 11.5, 14.5, 18.0, 21.5, 25.0)
ROWS = (-10.0, -5.5, -3.0, -1.5, 1.5, 3.0, 5.5, 10.0)


class Wake(NamedTuple):
    """A cylinder of diameter 1 in a stream of speed 1.

    One step of a flow takes the time `nu_dt * Re`, so that flows of every Reynolds number share their matrices and go
    forward together. Times are in diameters over speed.

    Attributes:
        mesh: elements, symmetric about y = 0.
        flow: the Navier-Stokes equations.
        force: on the cylinder.
        mirror: for each point of each element the place, among all of them, of its mirror image about y = 0.
    """

    mesh: Mesh
    flow: NavierStokes
    force: Force
    mirror: Int[np.ndarray, "elements q"]

    @property
    def nu_dt(self) -> float:
        """Viscosity times step, which is the step over the Reynolds number."""
        return float(self.flow.nu_dt)


def cylinder_wake(order: int = 6, nu_dt: float = 0.025 / 70.0, columns: tuple = COLUMNS, rows: tuple = ROWS) -> Wake:
    """The mesh and the factored matrices.

    Args:
        order: degree of the polynomials in an element.
        nu_dt: a flow of Reynolds number Re takes steps of `nu_dt * Re`.
        columns: where the vertical lines of the mesh are; the first is the inflow and the last the outflow.
        rows: where the horizontal lines are, symmetric about 0; at the first and the last the flow is the stream.
    """
    parts = {
        "stream": lambda p: np.isclose(p[..., 0], columns[0]) | np.isclose(np.abs(p[..., 1]), rows[-1]),
        "outflow": lambda p: np.isclose(p[..., 0], columns[-1]),
    }
    mesh = cylinder_mesh(columns, rows, CYLINDER, order, parts)
    flow = navier_stokes(mesh, nu_dt, {"stream": stream, "cylinder": np.zeros_like}, ("outflow",))
    return Wake(mesh, flow, force(mesh, "cylinder"), _mirror(mesh))


def stream(points: Float[np.ndarray, "*batch 2"]) -> Float[np.ndarray, "*batch 2"]:
    """The undisturbed flow: speed 1 along x."""
    return np.ones_like(points) * np.asarray([1.0, 0.0])


def start(wake: Wake, velocity: Velocity, number: int) -> State:
    """A number of equal starts from a velocity field, side by side."""
    state = still(wake.mesh, velocity)
    return jax.tree.map(lambda part: jnp.broadcast_to(part, (number, *part.shape)), state)


@eqx.filter_jit
def _march(flow: NavierStokes, states: State, reynolds: Float[Array, " n"], steps: int) -> State:
    one = lambda states, _: (jax.vmap(flow.step, (0, 0, None))(states, flow.nu_dt * reynolds, jnp.ones(())), None)
    return jax.lax.scan(one, states, None, length=steps)[0]


def march(wake: Wake, states: State, reynolds: Float[np.ndarray, " n"], steps: int) -> State:
    """Let flows of several Reynolds numbers go on by a number of steps."""
    return _march(wake.flow, states, jnp.asarray(reynolds, states.time.dtype), steps)


def reflected(velocity: Float[Array, "*batch 2 elements q"], wake: Wake) -> Float[Array, "*batch 2 elements q"]:
    """The flow in a mirror at y = 0, which is another solution."""
    image = velocity.reshape(*velocity.shape[:-2], -1)[..., wake.mirror]
    return jnp.stack([image[..., 0, :, :], -image[..., 1, :, :]], axis=-3)


def _mirror(mesh: Mesh) -> Int[np.ndarray, "elements q"]:
    center = mesh.points.mean(axis=1)
    image = np.asarray(KDTree(center).query(center * np.asarray([1.0, -1.0]))[1])
    found = np.empty(mesh.points.shape[:2], int)
    for e, f in enumerate(image):
        point = KDTree(mesh.points[f]).query(mesh.points[e] * np.asarray([1.0, -1.0]))[1]
        found[e] = f * mesh.points.shape[1] + point
    return found
