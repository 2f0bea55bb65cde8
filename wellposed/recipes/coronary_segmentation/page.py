"""The page of a run."""

import dataclasses

import numpy as np

from wellposed.metrics import Interval
from wellposed.report import Cell, Column, Headline, Item, Page, Panel, Picture, Section, Surfaces, Table, curves

from .judge import PARTS
from .learn import GRAPH
from .pictures import radius_along, slices, straightened
from .record import interval, values
from .run import Findings, Shown

TABLE_TEXT = (
    "A tube of rings about the centreline is given; a network moves each of its vertices to the wall "
    "[@wolterink2019]. It sees the image and its slope along the ray from the centreline through the vertex, and by "
    "its convolutions what the neighbours on the ring and along the vessel see. *Without neighbours* is the same "
    "network whose vertices see their own rays alone. A *threshold* takes the voxels in a window of attenuation that "
    "hang together with the centreline; its window, in HU or as a share of the attenuation on the centreline, is the "
    "one with the best Dice coefficient on vessels of the training. The Dice coefficient is one of voxels, distances "
    "are between surfaces. For a threshold that surface is where the rays from the centreline first leave its region, "
    "which is kind to it."
)
PUBLISHED = (
    ("graph network, published", 0.75, 0.25, 1.53, "healthy"),
    ("graph network, published", 0.73, 0.28, 1.86, "diseased"),
)
PUBLISHED_TEXT = (
    "Of 78 segments of real coronary arteries [@wolterink2019]: other data, beside which the order compares."
)
VESSEL_TEXT = (
    "Three test vessels: that of the median Dice coefficient of the graph network, the worst one, and the best one. "
    "A bar below, or a star, says where the vessel is calcified or narrowed."
)


def page(found: Findings) -> Page:
    """Everything that was found."""
    threshold = best_threshold(found)
    synthetic = found.settings.data is None
    lead = (
        "The inner wall of coronary arteries in CT angiography, found by a graph network on a tube about the "
        f"centreline: it learned from {found.counts['train']} {'synthetic ' if synthetic else ''}vessels, and is "
        f"judged on {found.counts['test']} others, beside thresholds and beside itself without neighbours."
    )
    sections = [
        Section("How well", TABLE_TEXT, [*_tables(found), _published()]),
        Section("Vessels", VESSEL_TEXT, _vessels(found, threshold)),
        Section("Training", "", [_times(found), _training(found)]),
    ]
    return Page("Coronary arteries in CT angiography", lead, sections, _headlines(found, threshold))


def best_threshold(found: Findings) -> str:
    """The threshold with the larger mean Dice coefficient on the test vessels."""
    return max(found.windows, key=lambda name: float(np.mean(values(found.scores[name], "all", "dice"))))


def _headlines(found: Findings, threshold: str) -> list[Headline]:
    part = "diseased" if interval(found.scores[GRAPH], "diseased", "dice") else "all"
    of = lambda name, measure: getattr(interval(found.scores[name], part, measure), "mean", None)
    where = "where the vessel is diseased" if part == "diseased" else "over the test vessels"
    return [
        Headline("Dice", of(GRAPH, "dice"), "", where, 3),
        Headline("best threshold", of(threshold, "dice"), "", "the same coefficient", 3),
        Headline("mean distance", of(GRAPH, "distance_mm"), "mm", where, 2),
        Headline("Hausdorff distance", of(GRAPH, "hausdorff_mm"), "mm", where, 2),
    ]


def _tables(found: Findings) -> list[Item]:
    columns = (
        "Method",
        Column("Dice", "", "max", 3),
        Column("mean distance", "mm", "min", 3, "Between the surfaces, the mean of both directions."),
        Column("Hausdorff", "mm", "min", 2, "The largest distance between the surfaces."),
        Column("radius", "mm", "min", 3, "The mean absolute error of the radius at the vertices."),
    )
    plain = ("Method", *(dataclasses.replace(column, help="") for column in columns if isinstance(column, Column)))
    tables: list[Item] = []
    for part in PARTS:
        rows = []
        for name, several in found.scores.items():
            cells = [interval(several, part, m) for m in ("dice", "distance_mm", "hausdorff_mm", "radius_mm")]
            if cells[0] is not None:
                rows.append((name, *map(_cell, cells)))
        if rows:
            n = getattr(interval(found.scores[GRAPH], part, "dice"), "n", 0)
            where = "Whole vessels" if part == "all" else f"The {part} parts"
            tables.append(
                Table(plain if tables else columns, rows, f"{where}: means over {n} vessels, with intervals of 95 %.")
            )
    return tables


def _cell(found: Interval | None) -> Cell:
    return Cell(None) if found is None else Cell(found.mean, found.low, found.high)


def _published() -> Table:
    columns = (
        "Method",
        "Part",
        Column("Dice", "", "none", 2),
        Column("mean distance", "mm", "none", 2),
        Column("Hausdorff", "mm", "none", 2),
    )
    rows = [(name, part, dice, distance, hausdorff) for name, dice, distance, hausdorff, part in PUBLISHED]
    return Table(columns, rows, PUBLISHED_TEXT)


def _vessels(found: Findings, threshold: str) -> list[Item]:
    items: list[Item] = []
    for word, shown in found.shown.items():
        name = f"The {word} vessel ({shown.scan.name}), Dice {shown.scores[GRAPH]['all'].dice:.3f}"
        items.append(
            Picture(
                lambda shown=shown: straightened(shown, found.settings, threshold),
                f"{name}, straightened along its centreline, in two planes through it; {threshold}.",
                "A bright band with three lines at each of its borders.",
            )
        )
        items.append(
            Picture(
                lambda shown=shown: slices(shown, found.settings, threshold),
                f"{name}: cuts across the centreline, {2 * found.settings.reach_mm:g} mm wide; a star says diseased.",
                "Five bright discs with three outlines each.",
            )
        )
        items.append(
            Picture(
                lambda shown=shown: radius_along(shown, threshold),
                f"{name}: the radius of the circle of the same area.",
                "Four curves along the vessel.",
            )
        )
    return [*items, _surface(found.shown["median"], threshold)]


def _surface(shown: Shown, threshold: str) -> Item:
    tube, true = shown.rays.tube, shown.rays.radius
    if true is None:
        raise ValueError("A page expects vessels with their lumen, got one without.")
    off = {name: np.ravel(shown.radii[name] - true) for name in (GRAPH, threshold)}
    most = float(np.quantile(np.abs(off[threshold]), 0.99)) or 1.0
    panels = [Panel("true radius", np.ravel(true), "radius (mm)")]
    panels += [Panel(name, error, "error (mm)", (-most, most), "RdBu_r") for name, error in off.items()]
    text = "The true wall of the median vessel, coloured by its radius and by the errors of the radius."
    return Surfaces(tube.positions(true), tube.faces(), panels, text, "Three coloured tubes.", "mm")


def _times(found: Findings) -> Table:
    columns = (
        "Network",
        Column("steps", "", "none", 0),
        Column("best step", "", "none", 0, "By the held vessels; this network is kept."),
        Column("training", "s", "none", 0),
    )
    rows = [(name, fitted.steps, fitted.best_step, fitted.seconds) for name, fitted in found.fits.items()]
    clock = found.seconds
    text = (
        f"Volumes took {clock['volumes']:.0f} s, the choice of thresholds {clock['thresholds']:.0f} s; a network finds "
        f"a wall in {clock['a_vessel']:.3f} s."
    )
    return Table(columns, rows, text)


def _training(found: Findings) -> Item:
    series = {
        name: (np.asarray(fitted.history.validation_steps), np.asarray(fitted.history.validation))
        for name, fitted in found.fits.items()
    }
    return Picture(
        lambda: curves(series, "training step", "validation error (mm)", "linear", "log"),
        "The mean absolute error of the radius on the held vessels.",
        "Two falling curves, that of the graph network below.",
    )
