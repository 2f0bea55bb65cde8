"""Question 5, expressive? For how long a forecast is right, and whether it looks like the system afterwards."""

import numpy as np
from jaxtyping import PRNGKeyArray

from wellposed.metrics import invariant_error, mean_interval, spectrum_error, valid_prediction_time

from .. import drawing
from ..answer import Answer
from .chance import chance
from .problem import Predictor, Problem, last_known, rollout, some

QUESTION = "Expressive?"
DEFINITION = (
    "Valid prediction time: until the error exceeds 0.4 of the true trajectory's spread, as a part of the known "
    "time, mean over the trajectories (short-term accuracy). Beside it the distances of power spectra and of "
    "invariant statistics (long-term consistency). In a chaotic system they are not 0 for the system itself, as a "
    "trajectory is a finite sample: their floor is how far true trajectories of this length are from each other by "
    "chance, and a forecast is consistent if neither exceeds its floor by more than 0.2, a margin of equivalence. The "
    "floor is 0 where trajectories do not forget where they began."
)
ENOUGH = 0.5  # of the known time
CONSISTENT = 0.2  # of the power, or of a standard deviation, above the floor


def ask(f: Predictor, problem: Problem, key: PRNGKeyArray | None = None, *, pictures: int = 8) -> Answer:
    """Short-term accuracy and long-term consistency of a forecast [@vlachas2020].

    Equation: see `metrics.valid_prediction_time`, `metrics.spectrum_error` and `metrics.invariant_error`; the last two
    compare each predicted trajectory with the true one from the same state. Their floor, from the true trajectories,
    is that of `chance`.

    Args:
        f: a map `(x0, parameter, ts) -> states`.
        problem: the test trajectories. Statistics need trajectories that are long beside the system's memory.
        key: unused, nothing is random here.
        pictures: how many trajectories.

    Returns:
        The valid part of the time with Student's interval. The answer is yes if it is at least a half, or if the map
        loses the trajectory earlier, as it must in a chaotic system, but keeps both statistics within 0.2 of their
        floor.

    Example:
        >>> import jax, jax.numpy as jnp
        >>> from wellposed.audit.dynamical import Runs
        >>> ts = jnp.linspace(0, 6, 61)
        >>> wave = lambda x0, parameter, ts: jnp.outer(jnp.cos(ts), x0)
        >>> problem = Problem(ts, Runs(jax.vmap(lambda x: wave(x, None, ts))(jnp.ones((2, 1)))), noise=0.01)
        >>> ask(wave, problem).number
        1.0
    """
    problem.check(f)
    runs, ts = some(problem.test, pictures), np.asarray(problem.ts, float)
    predicted = rollout(f, problem.ts, runs)
    times, parts, spectra, statistics = [], [], [], []
    for found, true, last in zip(predicted, runs.states, last_known(runs.states), strict=True):
        found, true, known = found[: last + 1], true[: last + 1], ts[: last + 1]
        if last == 0:
            continue
        times.append(valid_prediction_time(found, true, known))
        parts.append(times[-1] / (known[-1] - known[0]))
        spectra.append(spectrum_error(found, true))
        statistics.append(invariant_error(found, true))
    valid = mean_interval(np.array(parts))
    spectrum, invariant = float(np.mean(spectra)), float(np.mean(statistics))
    floor = chance(runs)
    consistent = spectrum <= floor.spectrum + CONSISTENT and invariant <= floor.invariant + CONSISTENT
    holds = bool(valid.mean >= ENOUGH or consistent)
    details = {
        "valid_prediction_time": float(np.mean(times)),
        "spectrum_error_fraction": spectrum,
        "spectrum_floor_fraction": floor.spectrum,
        "invariant_error_standard_deviations": invariant,
        "invariant_floor_standard_deviations": floor.invariant,
    }
    return Answer(
        question=QUESTION,
        definition=DEFINITION,
        number=valid.mean,
        unit="of the known time",
        low=max(valid.low, 0.0),
        high=min(valid.high, 1.0),
        samples=np.array(parts),
        holds=holds,
        verdict=_verdict(holds, valid.mean, details),
        details=details,
    )


def _verdict(holds: bool, valid: float, details: dict[str, float]) -> str:
    return (
        f"{'Yes' if holds else 'No'}: forecasts are right for {valid:.0%} of the time; over all of it, "
        f"{details['spectrum_error_fraction']:.0%} of the power lies at other frequencies than the system's (by chance "
        f"{details['spectrum_floor_fraction']:.0%}), and its values are distributed "
        f"{details['invariant_error_standard_deviations']:.2f} standard deviations away (by chance "
        f"{details['invariant_floor_standard_deviations']:.2f})."
    )


def draw(answers: dict[str, Answer]):
    """Short-term accuracy beside the two measures of long-term consistency."""
    figure, axes = drawing.panels(3, rows=len(answers))
    drawing.intervals(axes[0], answers, "valid prediction time (part of the known time)")
    names = {
        "spectrum_error_fraction": ("spectrum_floor_fraction", "power at wrong frequencies (fraction)"),
        "invariant_error_standard_deviations": (
            "invariant_floor_standard_deviations",
            "distance of statistics (standard deviations)",
        ),
    }
    for axis, (name, (floor, label)) in zip(axes[1:], names.items(), strict=True):
        drawing.points(axis, {n: (a.details[name], np.nan, np.nan) for n, a in answers.items()}, label)
        limit = max(a.details[floor] for a in answers.values()) + CONSISTENT  # the truth's, the same for all maps
        axis.axvline(limit, color=drawing.INK, linestyle=":", linewidth=1)
        axis.set_yticklabels([])
    return figure
