"""The page of a run."""

from typing import Any

import numpy as np

from wellposed.metrics import mean_interval
from wellposed.report import Cell, Column, Headline, Item, Page, Picture, Section, Table, curves

from .drawing import decisions, through_layers
from .networks import DATA, NET, ODENET, SIMPLEX
from .run import Findings

METHODS_TEXT = (
    "All four networks move points by layers tanh(K x + b) and end with a linear classifier. *Net* replaces a point by "
    "its layer; *ResNet* adds the layer with the fixed time step 1/depth; *ODENet* learns the time steps as well; "
    "*ODENet + simplex* learns them on the simplex: at least 0, with the sum 1, by projection [@duchi2008]. They start "
    "from the same weights and are trained by full gradients, which are those of Pontryagin's costate equations. The "
    "paper descends by gradients with backtracking; here it is Adam, which needs fewer steps."
)
STEPS_TEXT = (
    "A learned time step that vanishes is a layer that the network does not need. Free steps may grow, or turn back in "
    "time; on the simplex the network keeps one unit of time and spends it where it counts."
)
SCHEMES_TEXT = (
    "The same residual layers with fixed time steps, under Runge-Kutta schemes of order 1 to 4: each stage uses the "
    "parameters of its layer, so that all have as many parameters."
)


def page(found: Findings) -> Page:
    """Everything that was found."""
    s = found.settings
    sections = [
        Section("Accuracy", METHODS_TEXT, [_accuracy(found), _costs(found)]),
        Section("What the networks do", "", _portraits(found)),
        Section("Learned time steps", STEPS_TEXT, [_steps(found, ODENET), _steps(found, SIMPLEX), _times(found)]),
        Section("Runge-Kutta schemes", SCHEMES_TEXT, [_schemes(found)]),
        Section("How far they stretch the plane", "", [_stretch(found)]),
    ]
    lead = (
        f"Training a deep network is a problem of *optimal control* [@benning2019]: layers are time steps, parameters "
        f"are the control. Four such networks with {s.depth} layers of width {s.width} learn four planar data sets of "
        f"{s.points} points, from {s.seeds} random starts each, and are judged on {s.points} points that they have not "
        "seen."
    )
    return Page("Deep learning as optimal control", lead, sections, _headlines(found))


def _headlines(found: Findings) -> list[Headline]:
    spiral = list(DATA).index("spiral")
    lines = [
        Headline(f"{name}, spiral", 100 * float(found.accuracy[name][spiral].mean()), "%", "accuracy, mean of seeds", 1)
        for name in found.accuracy
    ]
    h = found.steps[SIMPLEX]
    unused = 100 * float((h <= 1e-3).mean())
    return [*lines, Headline("Unused layers", unused, "%", "of the ODENets on the simplex: time step at most 0.001", 0)]


def _accuracy(found: Findings) -> Table:
    rows = [(name, *(_share(of[i]) for i in range(len(DATA)))) for name, of in found.accuracy.items()]
    columns = ("Network", *(Column(place, "%", "max", 1) for place in DATA))
    return Table(
        columns,
        rows,
        f"Accuracy on unseen points: means over {found.settings.seeds} seeds, with 95 % intervals of the mean.",
    )


def _cell(values: Any) -> Cell:
    return Cell(*mean_interval(np.asarray(values, float))[:3])


def _share(values: Any) -> Cell:
    return Cell(*mean_interval(100 * np.asarray(values, float), within=(0.0, 100.0))[:3])


def _costs(found: Findings) -> Item:
    series = {}
    for name in found.accuracy:
        costs = np.asarray(found.fits[name].history.terms["spiral"])
        at = np.unique(np.geomspace(1, len(costs), 200).round().astype(int)) - 1
        series[name] = (at + 1, costs[at])
    return Picture(
        lambda: curves(series, "training step", "mean squared difference", "log", "log"),
        "The cost on the spiral over the training, mean over seeds.",
        "One falling curve for each network.",
    )


def _portraits(found: Findings) -> list[Item]:
    items: list[Item] = []
    for place, portraits in found.portraits.items():
        items.append(
            Picture(
                lambda portraits=portraits: decisions(portraits),
                f"{place}, first seed. Above, the unseen points (circles are class 0, squares class 1) over the "
                "probability that each network gives to class 1, with the line where it is one half; below, where the "
                "flow takes the same points, and the line by which the classifier parts them.",
                "For each network its decision regions, and the points after the flow.",
            )
        )
    spiral = found.portraits["spiral"][SIMPLEX]
    items.append(
        Picture(
            lambda: through_layers(found.through, spiral.labels),
            "The spiral on its way through the layers of the ODENet on the simplex.",
            "Five panels of the same points, more and more parted.",
        )
    )
    return items


def _steps(found: Findings, name: str) -> Item:
    h = found.steps[name]
    layers = np.arange(1, h.shape[-1] + 1)
    series = {}
    for i, place in enumerate(DATA):
        means = [mean_interval(h[i, :, k]) for k in range(h.shape[-1])]
        series[place] = (layers, [m.mean for m in means], [m.low for m in means], [m.high for m in means])
    return Picture(
        lambda: curves(series, "layer", "time step"),
        f"{name}: the learned time steps, means over seeds with 95 % intervals. They started at {1 / h.shape[-1]:.3g}.",
        "One curve for each data set over the layers.",
    )


def _times(found: Findings) -> Table:
    rows = [
        (name, *(_cell(h[i].sum(-1)) for i in range(len(DATA))), 100 * float((h <= 1e-3).mean()), float(h.min()))
        for name, h in found.steps.items()
    ]
    columns = (
        "Network",
        *(Column(place, "", "none", 3) for place in DATA),
        Column("unused", "%", "none", 1, "of the time steps are at most 0.001, over all seeds and data sets"),
        Column("least step", "", "none", 4),
    )
    return Table(columns, rows, "The sum of the time steps for each data set: means over seeds, with 95 % intervals.")


def _schemes(found: Findings) -> Table:
    rows = [(name, *(_share(of[i]) for i in range(len(DATA)))) for name, of in found.scheme_accuracy.items()]
    s = found.settings
    return Table(
        ("Scheme", *(Column(place, "%", "max", 1) for place in DATA)),
        rows,
        f"Accuracy on unseen points of residual networks with {s.scheme_depth} layers after {s.scheme_steps} training "
        f"steps: means over {s.scheme_seeds} seeds, with 95 % intervals.",
    )


def _stretch(found: Findings) -> Table:
    columns = ("Network", *(Column(place, "", "none") for place in DATA))
    rows = [
        (f"{name}: {word}", *(float(np.median(of[i, :, k])) for i in range(len(DATA))))
        for name, of in found.stretch.items()
        for k, word in enumerate(("most", "least"))
    ]
    return Table(
        columns,
        rows,
        "The largest and the least singular value of the flow's Jacobian over the unseen points, medians over seeds: "
        f"how far the map is from well-posed, and its inverse too. {NET} shrinks the plane almost to points; "
        "the others are flows.",
    )
