"""The page of the run."""

import math
from typing import Any

import numpy as np

from wellposed.audit.dynamical import draw
from wellposed.recipes.six_questions import Answers, six_questions
from wellposed.report import Cell, Column, Headline, Item, Page, Picture, Section, Table, curves

from .learn import GATED, LAST, ODE, PLAIN, RNN
from .pictures import errors_over_points, errors_over_time, extrapolations, over_time
from .record import gain, rmse
from .run import Findings
from .settings import Settings


def page(found: Findings) -> Page:
    """Everything that was found, for a reader who was not there."""
    sections = [
        Section("Forecasts", _forecasts_text(found), [_table(found), *_pictures(found)]),
        Section("How sure it is", _band_text(found)),
    ]
    sections.append(audit_section(found.answers))
    return Page("Latent ODEs on irregular series", _lead(found), sections, _headlines(found))


def audit_page(settings: Settings, answers: Answers) -> Page:
    """The answers alone, for `wellposed audit`."""
    lead = "Six questions asked of latent ODEs and of recurrent networks, as maps that forecast spirals."
    return Page("Audit of latent ODEs", lead, [audit_section(answers)])


NOT_ASKED = (
    "The audit of a dynamical map compares trajectories at common times. Your series have times of their own, so only "
    "their forecasts are judged."
)


def _lead(found: Findings) -> str:
    settings, task = found.settings, next(iter(found.tasks.values()))
    if settings.data is not None:
        what = (
            f"Series from *{settings.data.name}*: {len(task.train[0].ts)} to learn from, {len(task.test.ts)} to "
            f"forecast, each with the values {', '.join(task.names)} at times of its own. The first "
            f"{settings.seen_part:.0%} of the time of each is seen."
        )
    else:
        what = (
            f"Noisy spirals [@chen2018], {settings.spirals} to learn from and {settings.test_spirals} to forecast. Of "
            f"each, {_list(settings.observed)} of the 100 times in a window are seen, with noise of standard deviation "
            f"{settings.noise:g}; the 100 times after the window are forecast, and compared with the truth."
        )
    return (
        f"{what} A *latent ODE* reads what it sees backwards in time, infers one latent state, and follows a learned "
        "law of motion from there [@rubanova2019]. One is trained as published, to explain what was observed. Another "
        "is trained for *continuity* as well: what follows an observation is a series too, and the path must pass "
        "where the encoder lets that one begin [@iakovlev2023]. Beside them, recurrent networks that are told the time "
        "to the next observation: a plain one and a gated one, with as many training steps. Their forecasts feed on "
        "themselves, in steps about as long as those between observations."
    )


def _list(numbers: tuple[int, ...]) -> str:
    words = [str(n) for n in numbers]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def _headlines(found: Findings) -> list[Headline]:
    lines = []
    for name, scores in found.scores.items():
        ours, theirs = rmse(scores[ODE]).mean, min(rmse(scores[other]).mean for other in (RNN, GATED))
        note = f"error with continuity; without {rmse(scores[PLAIN]).mean:.3f}, the better of our RNNs {theirs:.3f}"
        lines.append(Headline(f"Latent ODE, {name}", ours, "", note, 3))
    better = [all(gain(scores, other).low > 0 for other in (RNN, GATED)) for scores in found.scores.values()]
    note = "comparisons, by 95 % intervals over repeats"
    lines.append(Headline("Better than both our RNNs", sum(better), f"of {len(better)}", note, 0))
    return lines


def _unit(found: Findings) -> str:
    return "in the unit of the plane" if found.settings.data is None else "in standard deviations of each value"


def _forecasts_text(found: Findings) -> str:
    lines = []
    for name, scores in found.scores.items():
        others = ", ".join(f"{other} {gain(scores, other):.3f}" for other in (PLAIN, RNN, GATED))
        lines.append(f"- {name}: {others};")
    return (
        f"Root mean square errors of all values ahead, {_unit(found)}. Each of the {found.settings.repeats} repeats "
        "has its own series, initial weights and order of training; brackets are 95 % intervals over the repeats. The "
        "error of each model minus that of the latent ODE with continuity:\n\n" + "\n".join(lines)[:-1] + "."
    )


def _table(found: Findings) -> Table:
    columns = ("Model", *(Column(name, "", "min", 3) for name in found.scores))
    models = (ODE, PLAIN, RNN, GATED, LAST)
    rows = []
    for what in models:
        intervals = [rmse(scores[what]) for scores in found.scores.values()]
        rows.append((what, *(Cell(one.mean, *_ends(one)) for one in intervals)))
    return Table(columns, rows, f"Root mean square error of the forecasts, {_unit(found)}; mean over the repeats.")


def _ends(interval: Any) -> tuple[float | None, float | None]:
    known = math.isfinite(interval.low)
    return (interval.low, interval.high) if known else (None, None)


def _pictures(found: Findings) -> list[Item]:
    first = next(iter(found.tasks))
    if found.settings.data is not None:
        return [
            Picture(
                lambda value=value: over_time(found, first, value),
                f"Some test series, {name}: what was seen (dots), what came (crosses), the latent ODE with continuity "
                "and the band in which 95 % of the observations should lie, and from where the observations end the "
                "latent ODE as published and our RNN (both dashed).",
                "Small panels of one value over time, with observations, a curve in a band, and a dashed curve.",
            )
            for value, name in enumerate(found.tasks[first].names[:3])
        ]
    return [
        Picture(
            lambda: extrapolations(found, first),
            f"Test spirals of which {first} are seen: the truth (broad), what was seen (dots), the latent ODE with "
            "continuity through the window and beyond it, and from the end of the window on (both dashed) the latent "
            "ODE as published, and our RNN, which feeds on itself. Lengths in the unit of the plane.",
            "Six small panels with pieces of spirals; one curve follows the truth, dashed ones leave it.",
        ),
        Picture(
            lambda: curves(errors_over_time(found, first), "time after the window", "root mean square error"),
            f"Error against the time after the window, with {first} seen; bands are the range of the repeats.",
            "One rising curve for each model.",
        ),
        *_points_picture(found),
    ]


def _points_picture(found: Findings) -> list[Item]:
    if len(found.settings.observed) < 2:
        return []
    return [
        Picture(
            lambda: curves(errors_over_points(found), "points seen, of 100", "root mean square error", "linear", "log"),
            "Error against the number of points that are seen; bands are 95 % intervals over the repeats.",
            "One curve for each model, over the number of points.",
        )
    ]


def _band_text(found: Findings) -> str:
    part = lambda scores: f"{np.mean([score.covered for score in scores]):.0%}"
    parts = [f"{name}: {part(s[ODE])}, without continuity {part(s[PLAIN])}" for name, s in found.scores.items()]
    own = found.settings.data is not None
    noise = ", ".join(f"{value:.3f}" for value in np.exp(np.asarray(found.methods.ode.log_noise)))
    beside = "in standard deviations of each value" if own else f"the true one is {found.settings.noise:g}"
    return (
        f"Of the {'observations' if own else 'true values'} ahead, so many lie in the 95 % band of the latent ODE with "
        f"continuity, which is made of draws from its posterior: {'; '.join(parts)}. The band knows the doubt about "
        f"the latent state, not that about the learned law of motion. The noise that the model "
        f"learned: {noise} ({beside})."
    )


def audit_section(answers: Answers) -> Section:
    """Six cards about the latent ODE with continuity, with the other maps folded inside."""
    text = (
        "Each model as a map: the last state that was seen, with the window before it, to the trajectory after it. The "
        "numbers on the cards are those of the latent ODE with continuity; open a card for the definition and for "
        "every map asked."
    )
    return six_questions(answers, ODE, text if answers else NOT_ASKED, draw)
