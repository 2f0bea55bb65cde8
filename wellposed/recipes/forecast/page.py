"""The page of the run."""

from typing import TYPE_CHECKING

import numpy as np

from wellposed.audit.dynamical import draw
from wellposed.metrics import mean_interval
from wellposed.recipes.six_questions import six_questions
from wellposed.report import Cell, Column, Headline, Page, Picture, Section, Table, curves
from wellposed.report.style import TEXT_WIDTH

from .assimilate import FREE, NAMES, SITES, VAR, WINDOW
from .learn import RESERVOIR
from .record import valid
from .run import Findings
from .settings import HISTORY
from .systems import FORCING, RING, STEP

if TYPE_CHECKING:
    from matplotlib.figure import Figure

AUDIT_TEXT = (
    "Each map takes one state and forecasts from there. The numbers on the cards are the reservoir's; open a card for "
    "the definition and for every other map. A chaotic system forgets where it began, so *Well-posed?* and *Robust?* "
    "ask here whether a forecast of this length can be trusted to follow one trajectory, and *Expressive?* whether it "
    "looks like the system afterwards."
)


def page(found: Findings) -> Page:
    """Everything that was found, for a reader who was not there."""
    sections = [
        Section("Forecasts", _forecast_text(found), [_table(found), *_forecast_pictures(found)]),
        Section("The law that was found", _law_text(found), []),
        Section("The state from noisy observations", _twin_text(found), [_twin_table(found), *_twin_pictures(found)]),
        six_questions(found.answers, RESERVOIR, AUDIT_TEXT, draw),
    ]
    return Page("Forecasting chaos, and knowing its state", _lead(found), sections, _headlines(found))


def _source(found: Findings) -> str:
    if found.settings.data is not None:
        return f"trajectories from *{found.settings.data.name}*"
    names = {
        "lorenz63": "Lorenz's convection of 1963 [@lorenz1963]",
        "lorenz96": f"{RING} sites of Lorenz's ring of 1996 at F = 8 [@lorenz1996]",
    }
    return names[found.settings.system]


def _lead(found: Findings) -> str:
    return (
        f"A *reservoir computer* [@jaeger2004] and a *recurrent network* learn to forecast {_source(found)} from "
        f"{found.settings.train_steps} states, beside a *sparse law* [@brunton2016] and the best *linear map*. They "
        "are judged by short-term accuracy, for how long a forecast is right, and by long-term consistency, whether it "
        "lives on the right attractor afterwards [@vlachas2020]. Then the opposite task: the model is known, and its "
        "state is to be found from noisy observations."
    )


def _unit(found: Findings) -> tuple[float, str]:
    """The factor from the system's time to the page's, and its name."""
    return (found.split.exponent, "Lyapunov times") if found.split.exponent else (1.0, "units of time")


def _headlines(found: Findings) -> list[Headline]:
    factor, unit = _unit(found)
    best = min(found.twin.states, key=lambda name: found.twin.settled(name).mean())
    lines = [
        Headline(name.capitalize(), valid(of, factor).mean, unit, "until the forecast is wrong", 1)
        for name, of in list(found.scores.items())[:2]
    ]
    error = found.twin.settled(best).mean() / found.settings.noise
    return [*lines, Headline("Assimilated state", float(error), "of the noise", f"root mean square error, {best}", 2)]


def _forecast_text(found: Findings) -> str:
    factor, unit = _unit(found)
    known = (
        f"Errors grow by a factor of e in one Lyapunov time, {1 / factor:.2f} units of time here; "
        if found.split.exponent
        else ""
    )
    return (
        f"{len(found.from_.past)} forecasts of {found.settings.horizon} steps, from states that no map has seen. "
        f"{known}a forecast counts as right until its error exceeds 0.4 of the system's spread. The reservoir listens "
        f"to {HISTORY} states before it speaks, the recurrent network opens its memory at one. Networks: "
        f"{found.settings.repeats} of each kind, from seeds of their own; times in {unit}."
    )


def _table(found: Findings) -> Table:
    factor, unit = _unit(found)
    columns = (
        "Map",
        Column("Right for", unit, "max", 2, "Mean over all forecasts and repeats, with a 95 % interval."),
        Column(
            "Power at wrong frequencies",
            "%",
            "min",
            1,
            "Half the sum of differences of normalised spectra, of all forecasts' second halves from the truth's.",
        ),
        Column(
            "Values away",
            "sd",
            "min",
            3,
            "Wasserstein's distance of the values in the second halves of all forecasts from the truth's.",
        ),
    )
    rows = []
    for name, scores in found.scores.items():
        right = valid(scores, factor)
        spectrum, invariant = (float(np.mean([getattr(s, part) for s in scores])) for part in ("spectrum", "invariant"))
        cell = Cell(invariant) if np.isfinite(invariant) else "broke down"
        rows.append((name, Cell(right.mean, right.low, right.high), Cell(100 * spectrum), cell))
    least = found.floor
    rows.append(("truth from itself, by chance", None, Cell(100 * least.spectrum), Cell(least.invariant)))
    caption = (
        "Short-term accuracy and long-term consistency of the forecasts. The last row is how far one part of the truth "
        "is from the other: no forecast can be told from the truth below it."
    )
    return Table(columns, rows, caption)


def _forecast_pictures(found: Findings) -> list[Picture]:
    return [
        Picture(
            lambda: _first_component(found),
            "The first component of one forecast by each map (line) over the truth (broad grey), of the first repeat.",
            "One panel for each map: a line that follows a broad grey one for a while.",
        ),
        Picture(
            lambda: curves(_growth(found), f"time ({_unit(found)[1]})", "error over the spread", "linear", "log"),
            "The error of the forecasts over the system's spread, median over the forecasts of the first repeat. A "
            "straight line is a small initial error that chaos multiplies.",
            "One rising curve for each map.",
        ),
    ]


def _first_component(found: Findings) -> "Figure":
    from matplotlib.figure import Figure

    factor, unit = _unit(found)
    figure = Figure(figsize=(TEXT_WIDTH, 1.3 * len(found.scores) + 0.5), layout="constrained")
    panels = figure.subplots(len(found.scores), 1, sharex=True, squeeze=False)[:, 0]
    ts = factor * found.from_.ts
    for axes, (name, scores) in zip(panels, found.scores.items(), strict=True):
        axes.plot(ts, found.from_.truth[0, :, 0], color="0.75", linewidth=4, solid_capstyle="butt")
        axes.plot(ts, scores[0].forecasts[0, :, 0], linewidth=1.2)
        axes.set_title(name, loc="left", fontsize="medium")
        spread = found.from_.truth[..., 0]
        axes.set_ylim(1.2 * spread.min(), 1.2 * spread.max())
    panels[-1].set_xlabel(f"time ({unit})")
    return figure


def _growth(found: Findings) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    factor, _ = _unit(found)
    truth = found.from_.truth.astype(float)
    spread = np.sqrt(np.mean(np.sum((truth - truth.mean((0, 1))) ** 2, axis=2)))
    series = {}
    for name, scores in found.scores.items():
        errors = np.linalg.norm(scores[0].forecasts - truth, axis=2) / spread
        middle = np.median(np.where(np.isfinite(errors), errors, 1e3), axis=0)
        series[name] = (factor * found.from_.ts[1:], np.clip(middle[1:], 1e-8, 1e3))
    return series


def _law_text(found: Findings) -> str:
    lines = "\n".join(f"- `{line}`" for line in found.equations)
    return f"What sparse regression makes of the same states, their derivatives by splines:\n\n{lines}"


def _twin_text(found: Findings) -> str:
    twin = found.twin
    free = twin.settled(FREE).mean()
    worst = min(twin.converged.values())
    caution = "" if worst == 1 else f" {1 - worst:.1%} of the worst method's times did not converge."
    return (
        f"{SITES} sites of Lorenz's ring at F = 8, each seen every {STEP:g} units of time with noise of standard "
        f"deviation {found.settings.noise:g}. The filters have {found.settings.members} members; 4D-Var fits windows "
        f"of {WINDOW} observations through the flow's own gradient. All begin at states of another run, as nobody "
        f"knows where the truth does; the model alone, from such a start, is off by {free:.1f}.{caution}"
    )


def _twin_table(found: Findings) -> Table:
    columns = (
        "Method",
        Column("Error", "", "min", 3, "Root mean square over the sites, mean over the last three quarters of time."),
        Column(
            "Own spread",
            "",
            "none",
            3,
            "The standard deviation that the method gives itself; about its error, if it knows what it does not know.",
        ),
    )
    rows = []
    for name in (*NAMES.values(), VAR, FREE):
        error = mean_interval(found.twin.settled(name))
        spread = found.twin.spread.get(name)
        rows.append(
            (name, Cell(error.mean), None if spread is None else Cell(float(spread[len(spread) // 4 :].mean())))
        )
    return Table(columns, rows, f"Errors of the state beside observations with noise of {found.settings.noise:g}.")


def _twin_pictures(found: Findings) -> list[Picture]:
    twin = found.twin
    times = STEP * np.arange(1, len(twin.truth) + 1)
    series = {name: (times, np.maximum(twin.errors(name), 1e-3)) for name in twin.states}
    return [
        Picture(
            lambda: curves(series, "time", "root mean square error", "linear", "log"),
            "The error of each method in time; 1 is that of a single observation.",
            "Curves of error over time: three fall below the noise, the model alone does not.",
        ),
        Picture(
            lambda: _hovmoller(found),
            "The truth, the best state that was found, and their difference, over sites and time, on one colour scale.",
            "Three panels of travelling waves; the last is nearly blank.",
        ),
    ]


def _hovmoller(found: Findings) -> "Figure":
    from matplotlib.figure import Figure

    twin = found.twin
    best = min((n for n in twin.states if n != FREE), key=lambda name: twin.settled(name).mean())
    shown = slice(max(0, len(twin.truth) - 200), None)
    found_states = twin.states[best]
    fields = {"truth": FORCING + twin.truth, best: FORCING + found_states, "difference": found_states - twin.truth}
    figure = Figure(figsize=(TEXT_WIDTH, 4.2), layout="constrained")
    panels = figure.subplots(3, 1, sharex=True)
    size = float(np.abs(FORCING + twin.truth).max())
    times = STEP * np.arange(1, len(twin.truth) + 1)[shown]
    images = []
    for axes, (name, states) in zip(panels, fields.items(), strict=True):
        image = axes.imshow(
            states[shown].T,
            aspect="auto",
            cmap="RdBu_r",
            vmin=-size,
            vmax=size,
            extent=(times[0], times[-1], SITES, 0),
            interpolation="nearest",
        )
        images.append(image)
        axes.set_title(name, loc="left", fontsize="medium")
        axes.set_ylabel("site")
    panels[-1].set_xlabel("time")
    figure.colorbar(images[0], ax=panels, label="x")
    return figure
