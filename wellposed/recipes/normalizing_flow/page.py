"""The page of a run."""

import numpy as np

from wellposed.metrics import mean_interval
from wellposed.report import Cell, Column, Headline, Item, Page, Picture, Section, Table, curves

from .drawing import LINEAR, comparison, gallery
from .record import difference, likelihood
from .run import Findings
from .settings import COMPARED, FFJORD_, OT_FLOW

METHODS_TEXT = (
    "All flows take data to the normal density N(0, I) and learn by the likelihood, but for two: flow matching is a "
    "regression on straight lines between points that are paired by optimal transport [@tong2024], and the fluid flow "
    "matches clouds of points [@lin2019]. *OT-Flow* moves points down a potential, at the least cost [@onken2021]; "
    "*FFJORD* moves them freely [@grathwohl2019], *RNODE* freely at a price [@finlay2020]; the *potential flow* "
    "[@yang2020] and the *Monge-Ampère flow* [@zhang2018] follow a gradient, too. *Coupling* layers are "
    "rational-quadratic splines [@durkan2019]; *planar* and *radial* layers [@rezende2015] are the oldest."
)
BUDGET_TEXT = (
    "The budget is CPU time of training, the same for each: how many steps it makes is measured in trials before, on "
    "the first of the data. A method whose step is cheap makes more of them. Learning rates are the same on all data. "
    "Batches are spread evenly over the points, a point from each part of a k-d tree [@zhao2014]. Compilation "
    "and checks are not counted. What is kept of a training is the flow that is best on points that are held back, "
    "with fine steps: without penalties a flow may learn to be a density for the few steps of its training alone."
)
_IN_A_ROW = 4  # methods in a picture
PICTURE_TEXT = (
    "Of the first training of each: above samples; in the middle the density that was learned; below the ways of test "
    "points (circles) to the base (squares), which are straight where the transport is optimal."
)


def page(found: Findings) -> Page:
    """Everything that was found."""
    s = found.settings
    places = list(found.judged)
    sections = [
        Section("OT-Flow and FFJORD", BUDGET_TEXT, [_comparison(found), _differences(found)]),
        Section("Every method", METHODS_TEXT, [*(_methods(found, place) for place in places), _learning(found)]),
        Section("What they learned", PICTURE_TEXT, _galleries(found)),
    ]
    lead = (
        f"A normalizing flow is an invertible map from data to a normal density: it gives the density of every point, "
        f"and new points. Ten methods have one interface here; OT-Flow and FFJORD learn {', '.join(places)} in "
        f"{s.seconds:g} CPU seconds each and are judged on points that they have not seen."
    )
    return Page("Normalizing flows", lead, sections, _headlines(found))


def _headlines(found: Findings) -> list[Headline]:
    every = (of for trainings in (*found.trainings.values(), found.judged.values()) for of in trainings)
    worst = max(j.inverse_error for of in every for j in of.values())
    better = sum(difference(trainings).mean <= 0 for trainings in found.trainings.values())
    straight, free = (
        float(np.mean([of[name].straightness for trainings in found.trainings.values() for of in trainings]))
        for name in COMPARED
    )
    return [
        Headline("OT-Flow ahead", better, f"of {len(found.judged)}", "data with a likelihood not below FFJORD's", 0),
        Headline("Largest inverse error", worst, "", "mean |x - f^-1(f(x))| over points, of all methods"),
        Headline(
            "Straightness, OT-Flow",
            straight,
            "",
            "1 for straight ways at constant speed; mean over data and trainings",
            3,
        ),
        Headline("Straightness, FFJORD", free, "", "the same", 3),
    ]


def _over(found: Findings) -> str:
    """What intervals are taken over."""
    number = found.settings.trainings
    return "the points" if number == 1 else f"{number} trainings, each with points, a start and batches of its own"


def _comparison(found: Findings) -> Table:
    rows = [
        (
            place,
            Cell(*likelihood(trainings, OT_FLOW)[:3]),
            Cell(*likelihood(trainings, FFJORD_)[:3]),
            Cell(*difference(trainings)[:3]),
            float(sum(difference([of]).mean <= 0 for of in trainings)),
            float(trainings[0][OT_FLOW].steps),
            float(trainings[0][FFJORD_].steps),
        )
        for place, trainings in found.trainings.items()
    ]
    return Table(
        (
            "Data",
            Column("OT-Flow", "nats", "none", 3),
            Column("FFJORD", "nats", "none", 3),
            Column(
                "difference", "nats", "none", 4, "OT-Flow minus FFJORD on the same points: below 0 OT-Flow is better"
            ),
            Column("OT-Flow ahead", f"of {found.settings.trainings}", "none", 0, "trainings"),
            Column("steps, OT-Flow", "", "none", 0),
            Column("steps, FFJORD", "", "none", 0),
        ),
        rows,
        f"Negative log-likelihood of {len(next(iter(found.tests.values())))} unseen points after "
        f"{found.settings.seconds:g} CPU seconds of training, with 95 % intervals over {_over(found)}.",
    )


def _differences(found: Findings) -> Item:
    means = {place: difference(trainings) for place, trainings in found.trainings.items()}
    each = {place: [difference([of]).mean for of in trainings] for place, trainings in found.trainings.items()}
    return Picture(
        lambda: comparison(each, means),
        f"OT-Flow's negative log-likelihood minus FFJORD's: left of the line OT-Flow is better. Circles are trainings, "
        f"strokes their means with 95 % intervals over {_over(found)}. The axis is linear up to {LINEAR:g} nats and "
        "logarithmic beyond.",
        "A row for each of the data, with a circle for each training.",
    )


def _mean(values: np.ndarray) -> Cell:
    return Cell(*mean_interval(values)[:3])


def _methods(found: Findings, place: str) -> Table:
    rows = [
        (
            name,
            _mean(j.nll),
            Cell(*(1e3 * np.array(j.mmd[:3])).tolist()),
            j.inverse_error,
            Cell(*j.cost[:3]),
            j.straightness,
            float(j.parameters),
            float(j.steps),
            j.cpu_seconds,
        )
        for name, j in found.judged[place].items()
    ]
    s = found.settings
    columns = (
        "Method",
        Column("NLL", "nats", "min", 3),
        Column(
            "MMD^2", "1e-3", "min", 2, "between samples and unseen points; an interval around 0 tells no difference"
        ),
        Column("inverse error", "", "min"),
        Column("cost", "", "none", 2, "int |v|^2 dt, or |f(x) - x|^2 of a discrete flow; mean over points"),
        Column("straightness", "", "max", 3, "mean |f(x) - x|^2 over the cost; 1 by definition for discrete flows"),
        Column("parameters", "", "none", 0),
        Column("steps", "", "none", 0),
        Column("CPU time", "s", "none", 0, "of the training in this session, with what it took to start it"),
    )
    return Table(
        columns,
        rows,
        f"{place}: unseen points, with 95 % intervals; the first training of each. {OT_FLOW} and {FFJORD_} had "
        f"{s.seconds:g} CPU seconds, the others {s.other_seconds:g}.",
    )


def _learning(found: Findings) -> Item:
    place = next(iter(found.judged))
    series = {}
    for name, j in found.judged[place].items():
        terms = j.fitted.history.terms
        if "nll" in terms:
            windows = np.array_split(np.asarray(terms["nll"], float), min(60, j.steps))
            share = np.arange(1, len(windows) + 1) / len(windows)
            series[name] = (100 * share, [w.mean() for w in windows])
    return Picture(
        lambda: curves(series, "training budget spent (%)", "negative log-likelihood (nats)"),
        f"{place}: the negative log-likelihood of batches over the first training, for methods that minimise it.",
        "One falling curve for each method.",
    )


def _galleries(found: Findings) -> list[Item]:
    items: list[Item] = []
    for place, of in found.judged.items():
        names = list(of)
        for i in range(0, len(names), _IN_A_ROW):
            shown = {name: of[name] for name in names[i : i + _IN_A_ROW]}
            items.append(
                Picture(
                    lambda place=place, shown=shown: gallery(found.tests[place], shown, found.extents[place]),
                    f"{place}: unseen points, and what {', '.join(shown)} learned.",
                    "For each method its samples, its density on a square, and the paths of points to the base.",
                )
            )
    return items
