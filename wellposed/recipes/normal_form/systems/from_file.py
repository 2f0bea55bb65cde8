"""A system that is known from trajectories in a file alone."""

from pathlib import Path

import numpy as np

from wellposed.dynamics import (
    Architecture,
    NormalForm,
    NormalFormLoss,
    Pitchfork,
    SaddleNode,
    Stage,
    StuartLandau,
    Transcritical,
    smoothed_slopes,
)
from wellposed.errors import InputError
from wellposed.io import read_trajectories
from wellposed.simulate import Trajectories

from .system import Simulated, System, Training

FORMS: dict[str, NormalForm] = {
    "hopf": StuartLandau(),
    "saddle-node": SaddleNode(),
    "transcritical": Transcritical(),
    "pitchfork": Pitchfork(),
}
LEAST = 8
ROUNDING = 1e-12  # a smaller change, over the largest state, is none
INDEPENDENT = 1e-6  # a smaller singular value, over the largest, is lost in single precision


def read_data(path: Path, form: NormalForm) -> Trajectories:
    """The trajectories of a file, with derivatives from smoothing splines where it has none.

    Raises:
        InputError: what `read_trajectories` refuses; too few trajectories, times or states; no parameter, or one
            parameter for all; states that do not change, or in fewer independent directions than the form has.
    """
    found = Trajectories(*read_trajectories(path))
    n, times, size = found.states.shape
    if n < LEAST or times < 5:
        raise InputError(
            f"{path}: expected at least {LEAST} trajectories of 5 times, found {n} of {times}: record more of them"
        )
    if size < form.dimension:
        raise InputError(
            f"{path}: expected states of at least {form.dimension} components for a {form.name} bifurcation, found "
            f"{size}: choose another --form, or measure more"
        )
    if found.parameters is None:
        raise InputError(f"{path}: expected a variable 'parameter' along 'trajectory', found none: add it")
    if np.ptp(found.parameters) == 0:
        raise InputError(
            f"{path}: expected a parameter that varies, found {found.parameters[0]:g} in all trajectories: a "
            "bifurcation shows only where the parameter changes"
        )
    if found.slopes is None:
        found = found._replace(slopes=smoothed_slopes(found.ts, found.states, found.inside))
    _check_directions(path, form, found)
    return found


def _check_directions(path: Path, form: NormalForm, found: Trajectories) -> None:
    """Whether states change with time, and in enough directions."""
    assert found.slopes is not None
    counting = np.ones(found.states.shape[:2], bool) if found.inside is None else found.inside
    moved = np.where(counting[..., None], found.states - found.states[:, :1], 0.0)
    slopes = found.slopes[counting]
    for name, part, size in (("states", moved, np.abs(found.states[counting]).max()), ("slopes", slopes, 0.0)):
        if np.abs(part).max() <= ROUNDING * size:
            raise InputError(
                f"{path}: expected {name} that show a change with time, found none in any trajectory: record "
                "trajectories that do not begin at an equilibrium"
            )
    directions = int(np.linalg.matrix_rank(slopes, rtol=INDEPENDENT))
    if directions < form.dimension:
        raise InputError(
            f"{path}: expected states that change in at least {form.dimension} independent directions for a "
            f"{form.name} bifurcation, found {directions}: choose another --form, or measure more"
        )


def system_of_file(path: Path, form: NormalForm) -> System:
    """What can be said of a system without knowing its equations."""

    def simulate(key, count):
        del key, count
        return Simulated(read_data(path, form))

    hopf = form.dimension == 2
    return System(
        f"Trajectories of {path.name}",
        f"Trajectories in {path.name}, brought to the normal form of a {form.name} bifurcation.",
        form,
        "p",
        simulate,
        Training(
            Architecture(widths=(32, 16), time_degree=3 if hopf else 0),
            NormalFormLoss(zero=1e-3 if hopf else 0.0, floor=0.05 if hopf else None),
            (Stage(4000, 3e-3, 24, 32), Stage(4000, 1e-3, 50, 16, 4)),
        ),
        notes=("What the true bifurcation is, is not known here: the learned one has no true one beside it.",),
    )
