"""Trajectories of the wake on both sides of its onset and of its cycle, as coefficients of few modes."""

from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeAlias

import jax
import numpy as np
from jaxtyping import Array, Float, Key

from ..trajectories import Trajectories
from .modes import Modes, pod
from .runs import Starts, begun, cycle, recorded, snapshots
from .steady import SteadyFlows, steady_flows
from .wake import COLUMNS, ROWS, Wake, cylinder_wake

Arrays: TypeAlias = Mapping[str, np.ndarray]
Keep: TypeAlias = Callable[[str, Callable[[], Arrays]], Arrays]
"""(name, how it is computed) -> what was computed, now or earlier: where a caller keeps the stages of long work."""

WINDOW = ((-1.5, 11.5), (-3.0, 3.0))  # x and y of the elements whose energy counts
LARGEST = 1.2  # of the starts, relative to the cycle at the largest Reynolds number


class AtlasSettings(NamedTuple):
    """How much is computed.

    Attributes:
        order: degree of the polynomials in an element.
        step: the largest time step.
        low: smallest Reynolds number.
        high: largest Reynolds number.
        runs: trajectories; their Reynolds numbers are drawn evenly.
        modes: coefficients that are kept.
        basis: modes in which the runs are recorded, of which `modes` combinations are kept.
        pilots: runs whose snapshots make the basis.
        bands: the runs are put into groups of near Reynolds numbers, each with the step of its largest.
        rest: how long the steady flows go on.
        grow: how long the cycle at the largest Reynolds number grows before it is looked at.
        settle: how long a run goes on before it is recorded; for this time it forgets its start.
        length: how long it is recorded.
        interval: between its samples.
        columns: of the mesh.
        rows: of the mesh.
    """

    order: int = 6
    step: float = 0.025
    low: float = 30.0
    high: float = 70.0
    runs: int = 120
    modes: int = 4
    basis: int = 24
    pilots: int = 16
    bands: int = 4
    rest: float = 200.0
    grow: float = 120.0
    settle: float = 12.0
    length: float = 40.0
    interval: float = 0.25
    columns: tuple[float, ...] = COLUMNS
    rows: tuple[float, ...] = ROWS


class Atlas(NamedTuple):
    """What is known of the wake over a range of Reynolds numbers.

    Attributes:
        wake: the solver, whose step fits the largest Reynolds number.
        steady: the steady flows.
        modes: orthonormal flows; `energies` are the mean squared coefficients, also of modes that are not kept.
        trajectories: coefficients of the difference from the steady flow; parameters are Reynolds numbers.
        last: the differences from the steady flow at the last time of each run, from which to go on.
        moments: differences from the steady flow over one period at the largest Reynolds number.
    """

    wake: Wake
    steady: SteadyFlows
    modes: Modes
    trajectories: Trajectories
    last: Float[np.ndarray, "runs 2 elements q"]
    moments: Float[np.ndarray, "moments 2 elements q"]


USUAL = AtlasSettings()


def at_once(name: str, compute: Callable[[], Arrays]) -> Arrays:
    """Keeps nothing: every stage is computed anew."""
    del name
    return compute()


def wake_atlas(key: Key[Array, ""], settings: AtlasSettings = USUAL, keep: Keep = at_once) -> Atlas:
    """Compute the atlas.

    Steady flows at a few Reynolds numbers and one cycle at the largest come first; the starts of all runs are made of
    them. A few pilot runs give a basis of modes by proper orthogonal decomposition, in which all runs are recorded;
    of the coefficients of all runs a second decomposition makes the few modes that are kept.

    Args:
        key: of the starts.
        settings: how much is computed.
        keep: where stages are kept; what it returns for a name must have been computed with the same key and settings.
    """
    wake = cylinder_wake(settings.order, settings.step / settings.high, settings.columns, settings.rows)
    steady = _kept(
        SteadyFlows, keep, "steady", lambda: steady_flows(wake, settings.low, settings.high, 6, settings.rest)
    )
    moments = keep("cycle", lambda: {"moments": cycle(wake, steady, settings.high, settings.grow)})["moments"]
    draw = lambda number, count: _starts(jax.random.fold_in(key, number), count, settings, len(moments))
    basis = _kept(Modes, keep, "basis", lambda: _basis(wake, steady, moments, draw(0, settings.pilots), settings))
    starts = draw(1, settings.runs)
    parts = [
        keep(f"runs {band + 1}", lambda some=some: _recorded(steady, moments, starts.take(some), basis, settings))
        for band, some in enumerate(np.array_split(np.arange(settings.runs), settings.bands))
    ]
    states, slopes, last = (np.concatenate([p[name] for p in parts]) for name in ("states", "slopes", "last"))
    ts = settings.interval * np.arange(states.shape[1])
    _, s, rows = np.linalg.svd(states.reshape(-1, states.shape[2]), full_matrices=False)
    turn = rows[: settings.modes].T
    modes = basis.rotated(turn, s**2 / states[..., 0].size)
    trajectories = Trajectories(ts, states @ turn, slopes @ turn, starts.reynolds)
    return Atlas(wake, steady, modes, trajectories, last, moments)


def window(wake: Wake) -> Float[np.ndarray, "elements q"]:
    """The mass of the elements in the window, 0 elsewhere."""
    middle = wake.mesh.points.mean(axis=1)
    (left, right), (below, above) = WINDOW
    inside = (middle[:, 0] > left) & (middle[:, 0] < right) & (middle[:, 1] > below) & (middle[:, 1] < above)
    return np.asarray(wake.flow.space.mass) * inside[:, None]


def _starts(key: Key[Array, ""], count: int, settings: AtlasSettings, moments: int) -> Starts:
    """Reynolds numbers in equal intervals, one at random in each, increasing; small sizes are drawn more often."""
    place, size, moment = jax.random.split(key, 3)
    uniform = lambda k: np.asarray(jax.random.uniform(k, (count,)), float)
    reynolds = settings.low + (settings.high - settings.low) * (np.arange(count) + uniform(place)) / count
    return Starts(reynolds, LARGEST * uniform(size) ** 2, np.asarray(jax.random.randint(moment, (count,), 0, moments)))


def _basis(wake: Wake, steady: SteadyFlows, moments: np.ndarray, starts: Starts, settings: AtlasSettings) -> Modes:
    times = settings.settle + np.arange(0.0, settings.length, 1.0)
    seen = snapshots(wake, steady, begun(wake, steady, moments, starts), starts.reynolds, times)
    return pod(seen.reshape(-1, *seen.shape[2:]), window(wake), min(settings.basis, seen.shape[0] * seen.shape[1]))


def _recorded(
    steady: SteadyFlows, moments: np.ndarray, starts: Starts, basis: Modes, settings: AtlasSettings
) -> Arrays:
    """The runs of a band, with the largest step that its Reynolds numbers allow."""
    wake = cylinder_wake(settings.order, settings.step / starts.reynolds.max(), settings.columns, settings.rows)
    samples = int(np.floor(settings.length / settings.interval + 1e-6)) + 1
    ts = settings.settle + settings.interval * np.arange(samples)
    found = recorded(wake, steady, begun(wake, steady, moments, starts), starts.reynolds, basis, ts)
    assert found.trajectories.slopes is not None
    return {"states": found.trajectories.states, "slopes": found.trajectories.slopes, "last": found.last}


def _kept(kind, keep: Keep, name: str, compute: Callable):
    """A record of arrays, kept as a mapping of them."""
    return kind(**keep(name, lambda: {field: np.asarray(value) for field, value in compute()._asdict().items()}))
