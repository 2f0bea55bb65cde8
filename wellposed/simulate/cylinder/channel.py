"""The benchmark of flow past a cylinder in a channel, [@schaefer1996]: the problems 2D-1 and 2D-2."""

from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from .forces import Force, force
from .mesh import Cylinder, Mesh, bisected, cylinder_mesh
from .navier_stokes import NavierStokes, State, navier_stokes

HEIGHT, LENGTH, DIAMETER, VISCOSITY = 0.41, 2.2, 0.1, 1e-3  # metres, and square metres a second
CYLINDER = Cylinder(center=(0.2, 0.2), radius=DIAMETER / 2, half=0.1, rings=(0.35, 1.0))
COLUMNS = (0.0, 0.1, 0.3, 0.42, 0.56, 0.72, 0.9, 1.1, 1.32, 1.54, 1.76, 1.98, LENGTH)
ROWS = (0.0, 0.1, 0.3, HEIGHT)


class Channel(NamedTuple):
    """The channel with a parabolic inflow.

    Attributes:
        mesh: elements.
        flow: its Navier-Stokes equations.
        force: on the cylinder.
        ends: the element and point at the front of the cylinder, and at its back.
        speed: mean speed of the inflow, in metres a second.
        dt: time step, in seconds.
    """

    mesh: Mesh
    flow: NavierStokes
    force: Force
    ends: tuple[tuple[int, int], tuple[int, int]]
    speed: float
    dt: float


class Signals(NamedTuple):
    """What is read off the flow after each recorded step.

    Attributes:
        times: seconds.
        drag: drag coefficient, 2 F / (speed^2 diameter).
        lift: lift coefficient.
        pressure_drop: from the front to the back of the cylinder, in pascals for a density of 1 kg / m^3.
    """

    times: Float[Array, " times"]
    drag: Float[Array, " times"]
    lift: Float[Array, " times"]
    pressure_drop: Float[Array, " times"]


def channel(reynolds: float, order: int, dt: float, bisections: int = 0) -> Channel:
    """The channel at a Reynolds number, speed * diameter / viscosity.

    Args:
        reynolds: 20 for 2D-1, 100 for 2D-2.
        order: degree of the polynomials in an element.
        dt: time step, in seconds.
        bisections: how often every interval between lines of the mesh is halved.
    """
    speed = reynolds * VISCOSITY / DIAMETER
    x, y, cylinder = COLUMNS, ROWS, CYLINDER
    for _ in range(bisections):
        x, y = (_outside(bisected(lines), c) for lines, c in ((x, 0.2), (y, 0.2)))
        cylinder = cylinder._replace(rings=bisected((0.0, *cylinder.rings))[1:], sectors=2 * cylinder.sectors)
    parts = {
        "inflow": lambda p: np.isclose(p[..., 0], 0.0),
        "outflow": lambda p: np.isclose(p[..., 0], LENGTH),
        "wall": lambda p: np.isclose(p[..., 1], 0.0) | np.isclose(p[..., 1], HEIGHT),
    }
    mesh = cylinder_mesh(x, y, cylinder, order, parts)
    given = {"inflow": lambda p: parabola(p, speed), "wall": np.zeros_like, "cylinder": np.zeros_like}
    flow = navier_stokes(mesh, VISCOSITY * dt, given, ("outflow",))
    front, back = (_nearest(mesh, (0.2 + sign * DIAMETER / 2, 0.2)) for sign in (-1, 1))
    return Channel(mesh, flow, force(mesh, "cylinder"), (front, back), speed, dt)


def parabola(points: Float[np.ndarray, "*batch 2"], speed: float) -> Float[np.ndarray, "*batch 2"]:
    """The flow of a channel without a cylinder, of the given mean speed."""
    y = points[..., 1] / HEIGHT
    return np.stack([6.0 * speed * y * (1.0 - y), 0.0 * y], axis=-1)


@eqx.filter_jit
def signals(channel: Channel, state: State, steps: int, every: int = 1) -> tuple[State, Signals]:
    """Let the flow go on and record.

    Args:
        channel: the channel.
        state: the flow at the beginning.
        steps: how many steps.
        every: steps from one record to the next; divides `steps`.

    Returns:
        The flow at the end, and the records.
    """
    front, back = channel.ends
    scale = 2.0 / (channel.speed**2 * DIAMETER)
    dt = jnp.asarray(channel.dt, state.time.dtype)

    def record(state: State, _: None) -> tuple[State, Signals]:
        for_one = lambda s, _: (channel.flow.step(s, dt, jnp.ones_like(dt)), None)
        state, _ = jax.lax.scan(for_one, state, None, length=every)
        drag, lift = scale * channel.force(channel.flow.space, state.velocity, state.pressure, VISCOSITY)
        return state, Signals(state.time, drag, lift, state.pressure[front] - state.pressure[back])

    return jax.lax.scan(record, state, None, length=steps // every)


def _outside(lines: tuple[float, ...], center: float) -> tuple[float, ...]:
    return tuple(a for a in lines if abs(a - center) > 0.99 * CYLINDER.half)


def _nearest(mesh: Mesh, place: tuple[float, float]) -> tuple[int, int]:
    distance = np.linalg.norm(mesh.points - np.asarray(place), axis=-1)
    element, point = np.unravel_index(distance.argmin(), distance.shape)
    return int(element), int(point)
