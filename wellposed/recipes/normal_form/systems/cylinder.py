"""The wake of a cylinder near the onset of its oscillation."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Key

from wellposed.dynamics import Architecture, NormalFormLoss, Stage, StuartLandau
from wellposed.io import atomic_write
from wellposed.simulate import Trajectories
from wellposed.simulate.cylinder import Atlas, AtlasSettings, Starts, begun, canvas, recorded, wake_atlas

from .system import Prepared, Simulated, System, Training

X, Y = (-1.4, 6.6, 121), (-2.1, 2.1, 64)  # of pictures: from, to, pixels
FORGOTTEN = 5.0  # of a run's time, in which it still comes to the plane of its oscillation
SETTLED = 150.0  # after this time a run that began near its cycle is on it

FULL = AtlasSettings()
ROUGH = FULL._replace(order=4, step=0.04, pilots=8, rest=120.0, grow=80.0)
TINY = ROUGH._replace(
    modes=4,
    basis=8,
    pilots=4,
    bands=1,
    rest=20.0,
    grow=40.0,
    length=10.0,
    columns=(-6.0, -1.5, 1.5, 4.0, 7.0, 12.0),
    rows=(-5.0, -1.5, 1.5, 5.0),
)


def settings_of(runs: int) -> AtlasSettings:
    """How well the wake is resolved: as well as the number of runs is large."""
    size = TINY if runs < 50 else ROUGH if runs < 150 else FULL
    return size._replace(runs=runs)


def prepare(key: Key[Array, ""], train: int, test: int, folder: Path | None) -> Prepared:
    """Compute the atlas, whose modes are those of the training runs; each run counts twice, as itself and mirrored."""
    count = -(-train // 2) - (-test // 2)
    settings, keep = settings_of(count), kept_in(folder)
    order = np.asarray(jax.random.permutation(jax.random.fold_in(key, 2), count))
    one, other = order[-(-test // 2) :], order[: -(-test // 2)]
    atlas = wake_atlas(key, settings, keep, one)
    whole, draw, reynolds = draw_flow(atlas), drawn(atlas), np.asarray(atlas.trajectories.parameters)
    system = replace(
        SYSTEM,
        critical=None if atlas.critical is None else lambda: float(atlas.critical),  # pyright: ignore[reportArgumentType]
        saturated=lambda _, reynolds: saturated(atlas, settings, reynolds, keep),
        pictures=draw,
        ends=[whole(atlas.last[k], reynolds[k]) for k in other],
        notes=(*SYSTEM.notes, note(atlas)),
    )
    runs = atlas.trajectories.between(round(FORGOTTEN / settings.interval))
    runs = runs._replace(ts=runs.ts - runs.ts[0])
    return Prepared(system, *(Simulated(mirrored(runs.take(some), atlas.mirror)) for some in (one, other)))


def mirrored(runs: Trajectories, mirror: Float[np.ndarray, "n n"]) -> Trajectories:
    """The runs, followed by what a mirror makes of them."""
    assert runs.slopes is not None
    assert runs.parameters is not None
    twice = lambda part: np.concatenate([part, part @ mirror])
    return Trajectories(runs.ts, twice(runs.states), twice(runs.slopes), np.tile(runs.parameters, 2))


def saturated(
    atlas: Atlas, settings: AtlasSettings, reynolds: Float[np.ndarray, " m"], keep: Callable[..., Any]
) -> Trajectories:
    """Late pieces of runs that begin near their cycle, whose size is known to grow like the root of the distance."""
    onset = settings.low if atlas.critical is None else atlas.critical
    sizes = np.sqrt(np.maximum(reynolds - onset, 0.0) / (settings.high - onset))
    states = begun(atlas.wake, atlas.steady, atlas.moments, Starts(reynolds, sizes, np.zeros(len(reynolds), int)))
    time = min(SETTLED, settings.rest)
    ts = time + settings.interval * np.arange(64)

    def compute() -> Mapping[str, np.ndarray]:
        found = recorded(atlas.wake, atlas.steady, states, reynolds, atlas.modes, ts).trajectories
        return {"states": found.states, "parameters": reynolds}

    found = keep("saturated", compute)
    return Trajectories(ts - time, found["states"], None, found["parameters"])


def draw_flow(atlas: Atlas) -> Callable[[Any, Any], np.ndarray]:
    """(difference from the steady flow, Reynolds number) -> picture of the vorticity of the whole flow."""
    space, steady = atlas.wake.flow.space, atlas.steady
    draw = canvas(atlas.wake.mesh, np.linspace(*X), np.linspace(*Y)[::-1])
    vorticity = jax.jit(lambda velocity: space.vorticity(velocity))

    def picture(difference: Any, reynolds: Any) -> np.ndarray:
        flow = steady.at(np.asarray([float(reynolds)]))[0] + jnp.asarray(difference)
        return np.where(draw.body, np.nan, draw(np.asarray(vorticity(flow))))

    return picture


def drawn(atlas: Atlas) -> Callable[[Any, Any], np.ndarray]:
    """(coefficients, Reynolds number) -> picture of the vorticity."""
    picture = draw_flow(atlas)
    return lambda state, reynolds: picture(atlas.modes.flow(jnp.asarray(state, jnp.float32)), reynolds)


def note(atlas: Atlas) -> str:
    """What the modes hold."""
    few = len(atlas.modes.fields)
    share = atlas.modes.energies[:few].sum() / atlas.modes.energies.sum()
    return (
        f"The {few} modes hold {100 * share:.1f} % of the energy of the differences from the steady flow, in the "
        "window behind the cylinder where they were computed."
    )


def kept_in(folder: Path | None) -> Callable[[str, Callable[[], Mapping[str, np.ndarray]]], Mapping[str, np.ndarray]]:
    """Keeps each stage as a file, so that a run that was stopped goes on after its last stage."""

    def keep(name: str, compute: Callable[[], Mapping[str, np.ndarray]]) -> Mapping[str, np.ndarray]:
        if folder is None:
            return compute()
        path = folder / f"wake {name}.npz".replace(" ", "-")
        if not path.exists():
            found = compute()
            with atomic_write(path) as part, part.open("wb") as stream:
                np.savez(stream, **found)  # pyright: ignore[reportArgumentType]
        with np.load(path) as stored:
            return dict(stored)

    return keep


def _never(key: Key[Array, ""], count: int) -> Simulated:
    raise AssertionError("the wake is prepared for training and test at once")


SYSTEM = System(
    "The wake of a cylinder",
    "The plane flow past a cylinder, by spectral elements [@patera1984]: from some Reynolds number on, the wake sheds "
    "vortices. States are the coefficients of the four strongest modes of the difference from the steady flow of the "
    "same Reynolds number ([@sirovich1987], [@noack2003]); slopes are those of the solver. The true onset is the same "
    "solver's, from growth rates of small oscillations.",
    StuartLandau(),
    "Re",
    _never,
    Training(
        Architecture(widths=(32, 16), parameter_widths=(16, 16), time_degree=3, parametric=True),
        NormalFormLoss(zero=1e-3, floor=0.03),
        (Stage(4000, 3e-3, 24, 32), Stage(8000, 2e-3, 60, 16, 2)),
    ),
    states="coefficients of 4 modes",
    shown=3.0,
    size=4,
    prepare=prepare,
)
