"""Runs of the wake that oscillates, seen as differences from its steady flow."""

from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from ..trajectories import Trajectories
from .modes import Modes
from .navier_stokes import NavierStokes, State
from .steady import SteadyFlows
from .wake import Wake, march, reflected, start


class Starts(NamedTuple):
    """Where runs begin: the steady flow plus `size` times a moment of a cycle seen at a larger Reynolds number.

    The part of the moment that is symmetric about y = 0 counts with `size` squared, as it does for an oscillation that
    grows from its onset: so the run forgets its start soon.

    Attributes:
        reynolds: of each run.
        sizes: relative to the cycle; 0 starts at the steady flow.
        moments: which of the moments of the cycle.
    """

    reynolds: Float[np.ndarray, " runs"]
    sizes: Float[np.ndarray, " runs"]
    moments: Int[np.ndarray, " runs"]

    def take(self, places: np.ndarray) -> "Starts":
        """Some of the runs."""
        return Starts(*(part[places] for part in self))


class Runs(NamedTuple):
    """What runs leave.

    Attributes:
        trajectories: coefficients of the difference from the steady flow in some modes, and the solver's own slopes.
        last: the differences from the steady flow at the last of the times.
    """

    trajectories: Trajectories
    last: Float[np.ndarray, "runs 2 elements q"]


def swirl(points: Float[np.ndarray, "*batch 2"], strength: float) -> Float[np.ndarray, "*batch 2"]:
    """A vortex two diameters behind the cylinder: it breaks the symmetry, so that the wake begins to oscillate."""
    x, y = points[..., 0] - 2.0, points[..., 1]
    return strength * np.stack([-y, x], axis=-1) * np.exp(-(x**2 + y**2) / 2)[..., None]


def cycle(
    wake: Wake, steady: SteadyFlows, reynolds: float, settle: float = 120.0, length: float = 8.0, moments: int = 32
) -> Float[np.ndarray, "moments 2 elements q"]:
    """Moments of the wake's oscillation, as differences from the steady flow.

    Args:
        wake: the cylinder.
        steady: its steady flows.
        reynolds: the Reynolds number, well above the onset.
        settle: how long the oscillation may grow first, in diameters over speed.
        length: how long it is looked at.
        moments: how often.
    """
    base, parameter = steady.at(np.asarray([reynolds])), np.asarray([reynolds])
    states = start(wake, lambda p: swirl(p, 0.5), 1)
    states = states._replace(velocity=states.velocity + base, before=states.before + base)
    dt = wake.nu_dt * reynolds
    every = max(1, round(length / moments / dt))
    for _ in range(int(np.ceil(settle / (dt * every)))):
        states = march(wake, states, parameter, every)
    seen = []
    for _ in range(moments):
        states = march(wake, states, parameter, every)
        seen.append(np.asarray(states.velocity - base)[0])
    return np.stack(seen)


def begun(wake: Wake, steady: SteadyFlows, moments: Float[np.ndarray, "moments 2 elements q"], starts: Starts) -> State:
    """The flows with which runs begin."""
    seen = jnp.asarray(moments)[starts.moments]
    even = (seen + reflected(seen, wake)) / 2.0
    size = jnp.asarray(starts.sizes, seen.dtype)[:, None, None, None]
    velocity = steady.at(starts.reynolds) + size * (seen - even) + size**2 * even
    return State(velocity, velocity, jnp.zeros_like(velocity[:, 0]), jnp.zeros(len(starts.sizes), velocity.dtype))


def snapshots(
    wake: Wake, steady: SteadyFlows, states: State, reynolds: Float[np.ndarray, " runs"], times: Float[np.ndarray, " n"]
) -> Float[np.ndarray, "times runs 2 elements q"]:
    """Differences from the steady flow at the first step that ends at each of some times or later.

    The runs go on with one number of steps each, so that the times are those of the largest Reynolds number.
    """
    base, seen, done = steady.at(reynolds), [], 0
    for time in times:
        steps = int(np.ceil(time / (wake.nu_dt * reynolds.max()) - 1e-6))
        states, done = march(wake, states, reynolds, steps - done), steps
        seen.append(np.asarray(states.velocity - base))
    return np.stack(seen)


def recorded(
    wake: Wake,
    steady: SteadyFlows,
    states: State,
    reynolds: Float[np.ndarray, " runs"],
    modes: Modes,
    ts: Float[np.ndarray, " times"],
    every: int = 4,
) -> Runs:
    """Let runs go on and keep their coefficients at common times.

    The steps of runs of several Reynolds numbers differ; the coefficients are recorded every few steps with their
    slopes, and Hermite's cubic through both gives them at the common times.

    Args:
        wake: the cylinder.
        steady: its steady flows.
        states: the flows at time 0.
        reynolds: of the runs.
        modes: the modes.
        ts: increasing times from 0 on, in diameters over speed.
        every: steps from one record to the next.

    Raises:
        FloatingPointError: a run ended in values that are not finite: its steps are too large.
    """
    from scipy.interpolate import CubicHermiteSpline

    base = steady.at(reynolds)
    records = int(np.ceil(ts[-1] / (every * wake.nu_dt * reynolds.min()))) + 1
    parameters, end = jnp.asarray(reynolds, base.dtype), jnp.asarray(ts[-1], base.dtype)
    states, (times, found, slopes) = _record(wake.flow, modes, base, states, parameters, end, records, every)
    if not bool(jnp.isfinite(found).all()):
        raise FloatingPointError(
            f"runs of the wake ended in values that are not finite: a smaller nu_dt than {wake.nu_dt}"
        )
    ends = np.argmax(np.asarray(times) >= ts[-1], axis=0) + 1
    pieces = [
        CubicHermiteSpline(*(np.asarray(part[: ends[k], k], float) for part in (times, found, slopes)), axis=0)
        for k in range(reynolds.size)
    ]
    trajectories = Trajectories(
        ts, np.stack([p(ts) for p in pieces]), np.stack([p(ts, 1) for p in pieces]), np.asarray(reynolds, float)
    )
    over = ((states.time - end) / (wake.nu_dt * parameters))[:, None, None, None]  # in steps
    return Runs(trajectories, np.asarray(states.velocity - over * (states.velocity - states.before) - base))


@eqx.filter_jit
def _record(
    flow: NavierStokes,
    modes: Modes,
    base: Float[Array, "runs 2 elements q"],
    states: State,
    reynolds: Float[Array, " runs"],
    end: Float[Array, ""],
    records: int,
    every: int,
) -> tuple[State, tuple[Array, Array, Array]]:
    dt = flow.nu_dt * reynolds
    step = lambda states: jax.vmap(flow.step, (0, 0, None))(states, dt, jnp.ones((), dt.dtype))

    def record(states: State, _: None) -> tuple[State, tuple[Array, Array, Array]]:
        """Some steps of the runs that have not reached the end; the others wait for them."""
        almost = jax.lax.fori_loop(0, every - 1, lambda _, s: step(s), states)
        last = step(almost)
        slopes = modes.coefficients(jax.vmap(flow.slope)(last, almost, dt))
        seen = last.time, modes.coefficients(last.velocity - base), slopes
        goes_on = states.time < end
        chosen = lambda new, old: jnp.where(goes_on.reshape(-1, *[1] * (new.ndim - 1)), new, old)
        return jax.tree.map(chosen, last, states), seen

    return jax.lax.scan(record, states, None, length=records)
