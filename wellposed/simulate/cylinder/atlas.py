"""Trajectories of the wake on both sides of its onset and of its cycle, as coefficients of few modes."""

from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeAlias

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int, Key

from ..trajectories import Trajectories
from .growth import onset
from .modes import Modes, pod
from .runs import Starts, begun, cycle, recorded, snapshots
from .stability import growth_rates
from .steady import SteadyFlows, steady_flows
from .wake import COLUMNS, ROWS, Wake, cylinder_wake, reflected

Arrays: TypeAlias = Mapping[str, np.ndarray]
Keep: TypeAlias = Callable[[str, Callable[[], Arrays]], Arrays]
"""(name, how it is computed) -> what was computed, now or earlier: where a caller keeps the stages of long work."""

WINDOW = ((-1.5, 6.75), (-3.0, 3.0))  # x and y of the elements whose energy counts
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
        near: Reynolds numbers at which growth rates are measured; the onset should lie between two of them.
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
    near: tuple[float, ...] = (42.0, 44.0, 46.0, 48.0, 50.0)
    rest: float = 160.0
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
        mirror: a flow with the coefficients x has, in a mirror at y = 0, the coefficients `x @ mirror`.
        last: the differences from the steady flow at the last time of each run, from which to go on.
        moments: differences from the steady flow over one period at the largest Reynolds number.
        rates: growth rates of small oscillations at the Reynolds numbers `near` of the settings.
        critical: the Reynolds number at which the rate changes its sign; None where it does not between those.
    """

    wake: Wake
    steady: SteadyFlows
    modes: Modes
    trajectories: Trajectories
    mirror: Float[np.ndarray, "modes modes"]
    last: Float[np.ndarray, "runs 2 elements q"]
    moments: Float[np.ndarray, "moments 2 elements q"]
    rates: Float[np.ndarray, " near"]
    critical: float | None


USUAL = AtlasSettings()


def at_once(name: str, compute: Callable[[], Arrays]) -> Arrays:
    """Keeps nothing: every stage is computed anew."""
    del name
    return compute()


def wake_atlas(
    key: Key[Array, ""],
    settings: AtlasSettings = USUAL,
    keep: Keep = at_once,
    chosen: Int[np.ndarray, " m"] | None = None,
) -> Atlas:
    """Compute the atlas.

    Steady flows at a few Reynolds numbers and one cycle at the largest come first; the starts of all runs are made of
    them. A few pilot runs give a basis of modes by proper orthogonal decomposition, in which all runs are recorded;
    of the coefficients of the chosen runs a second decomposition makes the few modes that are kept.

    Args:
        key: of the starts.
        settings: how much is computed.
        keep: where stages are kept; what it returns for a name must have been computed with the same key and settings.
        chosen: the numbers of the runs that the few modes are made of, so that others can test them; by default all.
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
    mirror = np.asarray(basis.coefficients(reflected(jnp.asarray(basis.fields), wake)))
    seen = states if chosen is None else states[chosen]
    both = np.concatenate([seen, seen @ mirror]).reshape(-1, states.shape[2])
    _, s, rows = np.linalg.svd(both, full_matrices=False)
    turn = rows[: settings.modes].T
    modes = basis.rotated(turn, s**2 / len(both))
    trajectories = Trajectories(ts, states @ turn, slopes @ turn, starts.reynolds)
    rates = keep("growth rates", lambda: {"rates": _rates(steady, moments, settings)})["rates"]
    critical = _critical(np.asarray(settings.near), rates)
    return Atlas(wake, steady, modes, trajectories, turn.T @ mirror @ turn, last, moments, rates, critical)


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
    seen = seen.reshape(-1, *seen.shape[2:])
    both = np.concatenate([seen, np.asarray(reflected(jnp.asarray(seen), wake))])  # each mode is even or odd in y
    return pod(both, window(wake), min(settings.basis, len(seen)))


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


def _rates(steady: SteadyFlows, moments: np.ndarray, settings: AtlasSettings) -> np.ndarray:
    """In double precision, since the oscillations are small."""
    near = np.asarray(settings.near)
    with jax.enable_x64(True):
        wake = cylinder_wake(settings.order, settings.step / near.max(), settings.columns, settings.rows)
        moment = jnp.asarray(moments[0], float)
        odd = moment - reflected(moment, wake)
        found = growth_rates(wake, steady, 1e-3 * odd, near, 0.6 * settings.rest, 0.4 * settings.rest)
    return np.asarray([one.rate for one in found])


def _critical(near: np.ndarray, rates: np.ndarray) -> float | None:
    try:
        return onset(near, rates)
    except ValueError:
        return None


def _kept(kind, keep: Keep, name: str, compute: Callable):
    """A record of arrays, kept as a mapping of them."""
    return kind(**keep(name, lambda: {field: np.asarray(value) for field, value in compute()._asdict().items()}))
