"""The page of a run."""

from typing import Any

import numpy as np

from wellposed.metrics import mean_interval
from wellposed.report import Cell, Column, Headline, Item, Page, Picture, Section, Table, curves

from .drawing import regions
from .networks import DATA, FLOWS, KEEPERS, RESNET
from .run import Findings

KINDS_TEXT = (
    "Each architecture is a field with layers and a scheme, so that its laws are known before it is trained. *ResNet* "
    "promises nothing. *Antisymmetric* layers have an imaginary spectrum [@haber2018]. *Hamiltonian* layers keep "
    "volumes, *leapfrog* ones (hyperbolic) are symplectic [@haber2018] [@ruthotto2020]; so is the separable *H-DNN* "
    "[@galimberti2023], whose J2 variant is stepped by explicit Euler, which keeps the law up to its error only. "
    "*Parabolic* layers contract [@ruthotto2020], and *NAIS-Net* [@ciccone2018] forgets its start and sees the input "
    "in every layer."
)
GRADIENTS_TEXT = (
    "The gradient in the parameters of layer k is a gradient at the end times d x_N / d x_k. Where a step is "
    "symplectic or keeps volumes, the norm of this matrix is at least 1 at any depth and for any weights: such "
    "gradients cannot vanish. They may grow."
)


def page(found: Findings) -> Page:
    """Everything that was found."""
    s = found.settings
    sections = [
        Section("Accuracy", KINDS_TEXT, [_accuracy(found), *_accuracy_curves(found)]),
        Section("Gradients", GRADIENTS_TEXT, [_profile(found, True), _profile(found, False), _gradients(found)]),
        Section("Spectra", "", [_growth(found)]),
        Section("Decision regions", "", _regions(found)),
    ]
    lead = (
        f"What does depth do to a network, by the kind of its layers? Eight architectures of width {s.width} with "
        f"{', '.join(map(str, s.depths))} layers, each of length {s.step:g} in time, learn three planar data sets of "
        f"{s.points} points from {s.seeds} random starts each, by {s.steps} steps of Adam."
    )
    return Page("Stable architectures", lead, sections, _headlines(found))


def _headlines(found: Findings) -> list[Headline]:
    deepest = found.settings.depths[-1]
    mean = {name: 100 * float(of[-1].mean()) for name, of in found.accuracy.items()}
    best = max((name for name in mean if name != RESNET), key=lambda name: mean[name])
    least = min(float(found.least[name].min()) for name in KEEPERS)
    return [
        Headline(
            best, mean[best], "%", f"the best accuracy of the stable ones at {deepest} layers, mean of the data sets", 1
        ),
        Headline(RESNET, mean[RESNET], "%", f"accuracy at {deepest} layers, mean of the data sets", 1),
        Headline("Least gradient norm", least, "", "of the three architectures that promise at least 1, trained", 3),
    ]


def _accuracy(found: Findings) -> Table:
    rows: list[Any] = []
    for name, of in found.accuracy.items():
        for k, depth in enumerate(found.settings.depths):
            cells = [mean_interval(100 * np.asarray(of[k, i], float), within=(0.0, 100.0)) for i in range(len(DATA))]
            rows.append((name, depth, *(Cell(c.mean, c.low, c.high) for c in cells)))
    columns = ("Network", Column("depth", decimals=0), *(Column(place, "%", "max", 1) for place in DATA))
    failed = [f"{n}, {d}" for n, of in found.fits.items() for d, fit in of.items() if fit.result.name == "nonfinite"]
    stopped = f" Trainings that overflowed and keep what they had: {'; '.join(failed)}." if failed else ""
    return Table(
        columns,
        rows,
        f"Accuracy on unseen points: means over {found.settings.seeds} seeds, with 95 % intervals.{stopped}",
    )


def _accuracy_curves(found: Findings) -> list[Item]:
    depths = found.settings.depths
    items: list[Item] = []
    for names in (KEEPERS, tuple(name for name in FLOWS if name not in KEEPERS)):
        series = {name: (depths, 100 * found.accuracy[name].mean((1, 2))) for name in names}
        items.append(
            Picture(
                lambda series=series: curves(series, "layers", "accuracy (%)", "log"),
                f"Accuracy over depth, mean of data sets and seeds: {', '.join(names)}.",
                "One curve for each architecture.",
            )
        )
    return items


def _profile(found: Findings, keepers: bool) -> Item:
    names = [name for name in FLOWS if (name in KEEPERS) == keepers]
    series = {name: (np.arange(len(found.profile[name])), found.profile[name]) for name in names}
    promise = "that promise norms of at least 1" if keepers else "without that promise"
    return Picture(
        lambda: curves(series, "layer k", "norm of d x_N / d x_k", "linear", "log"),
        f"Backward gradients of the deepest networks {promise}, before training: medians over data sets, seeds and "
        "points.",
        "One curve for each architecture over the layers, ending at 1.",
    )


def _gradients(found: Findings) -> Table:
    rows = [
        (
            name,
            depth,
            float(np.median(found.start[name][k])),
            float(np.median(found.trained[name][k])),
            float(found.least[name][k].min()),
            "yes" if name in KEEPERS else "no",
        )
        for name in FLOWS
        for k, depth in enumerate(found.settings.depths)
    ]
    columns = (
        "Network",
        Column("depth", decimals=0),
        Column("at the start", "", "none", None, "the norm of d x_N / d x_0 before training, median"),
        Column("trained", "", "none", None, "the same after training"),
        Column("least, trained", "", "none", None, "the least norm of d x_N / d x_k over all k, seeds and points"),
        "at least 1 by theory",
    )
    return Table(columns, rows, "Norms of the backward gradients.")


def _growth(found: Findings) -> Table:
    rows = [(name, *(float(found.growth[name][k].max()) for k in range(len(found.settings.depths)))) for name in FLOWS]
    columns = ("Network", *(Column(f"{depth} layers", "", "min", None) for depth in found.settings.depths))
    return Table(
        columns,
        rows,
        "The largest real part of an eigenvalue of the field's Jacobian along the trained flows, over data sets, seeds "
        "and points. All but the ResNet promise at most 0, which holds up to rounding.",
    )


def _regions(found: Findings) -> list[Item]:
    return [
        Picture(
            lambda of=of: regions(of),
            f"{place}: the classes that the deepest networks give to the plane (faint), and unseen points in the "
            "colours and marks of their true classes. First seed.",
            "One panel for each architecture.",
        )
        for place, of in found.regions.items()
    ]
