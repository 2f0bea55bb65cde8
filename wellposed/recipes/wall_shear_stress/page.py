"""The page of a run."""

import numpy as np

from wellposed.report import Column, Headline, Item, Page, Panel, Picture, Section, Surfaces, Table, curves

from .judge import COLUMNS, summary
from .networks import parameters
from .run import Findings

TABLE_TEXT = (
    "Errors over the vertices of each test mesh: Δ = |y - p| for the true stress y and the predicted one p, "
    "ε = (ΣΔ² / Σ|y|²)^½, and NMAE the mean of Δ over the largest |y| of all test meshes. Rows with † are for the same "
    "meshes turned at random, with their stress. GEM sees a field that no motion changes and answers in the tangent "
    "planes, so that its rows agree. SAGE, FeaSt, attention and PointNet see normals, which turn; *invariant* ones see "
    "scalars alone and answer along the wall and across [@suk2022] [@suk2024] [@dehaan2021]."
)
WALLS_TEXT = "The test meshes on which the network does best, as in the median, and worst."
TIME_TEXT = "All networks have nearly as many parameters, and learn from the same meshes as often."
HIGH = 0.99  # quantile of the stress that ends the colours


def page(found: Findings) -> Page:
    """Everything that was found."""
    best = found.maps.first
    lead = (
        "The shear stress of blood on an artery's wall, predicted from the shape alone: "
        f"networks on meshes learn from {found.counts['train']} arteries whose flow was computed, and are judged on "
        f"{found.counts['test']} that they have not seen, as they lie and turned at random."
    )
    sections = [
        Section("The table", TABLE_TEXT, [_errors(found)]),
        Section(f"Walls, by {best}", WALLS_TEXT, _walls(found, best)),
        Section("Training and time", TIME_TEXT, [_times(found), _training(found)]),
    ]
    return Page("Wall shear stress in arteries", lead, sections, _headlines(found, best))


def _headlines(found: Findings, best: str) -> list[Headline]:
    median = lambda errors: summary(errors)["epsilon"]["median"]
    of = found.judged[best]
    plainest = min(median(judged.plain) for name, judged in found.judged.items() if name not in found.fits)
    return [
        Headline(f"ε of {best}", median(of.plain), "%", "median over the test meshes", 1),
        Headline("turned", median(of.turned), "%", "the same meshes, turned at random", 1),
        Headline("best plain predictor", plainest, "%", "the mean, or Poiseuille's law", 1),
        Headline("time", of.seconds, "s", "for a mesh, its inputs at hand"),
    ]


def _errors(found: Findings) -> Table:
    rows = []
    for mark, kind in (("", "plain"), (" †", "turned")):
        for name, of in found.judged.items():
            cells = summary(getattr(of, kind))
            rows.append((name + mark, *(" / ".join(f"{value:.2f}" for value in cells[c].values()) for c in COLUMNS)))
    titles = tuple(f"{title}" for title, _ in COLUMNS.values())
    return Table(("Network", *titles), rows, "Mean / median / 75th percentile over the test meshes.")


def _walls(found: Findings, best: str) -> list[Item]:
    of = found.judged[best]
    order = np.argsort(of.plain.epsilon)
    shown = {"best": order[0], "median": order[len(order) // 2], "worst": order[-1]}
    return [
        _wall(found, int(i), f"{word}: ε = {100 * of.plain.epsilon[i]:.1f} %", of.found[i])
        for i, word in {i: word for word, i in shown.items()}.items()
    ]


def _wall(found: Findings, i: int, words: str, predicted: np.ndarray) -> Item:
    artery = found.test[i]
    true, guess, off = (np.linalg.norm(v, axis=1) for v in (artery.stress, predicted, artery.stress - predicted))
    top = float(np.quantile(true[artery.mask], HIGH))
    panels = [
        Panel("computed", true, "stress (Pa)", (0.0, top)),
        Panel("predicted", guess, "stress (Pa)", (0.0, top)),
        Panel("error", off, "error (Pa)", (0.0, float(np.quantile(off[artery.mask], HIGH))), "Cividis"),
    ]
    text = f"{artery.name}, {words}. A diameter at both ends does not count."
    return Surfaces(artery.mesh.positions, artery.mesh.faces, panels, text, "Three coloured artery walls.")


def _times(found: Findings) -> Table:
    rows = [
        (name, parameters(fitted.model), fitted.steps, fitted.seconds, found.judged[name].seconds)
        for name, fitted in found.fits.items()
    ]
    columns = (
        "Network",
        Column("parameters", "", "none", 0),
        Column("steps", "", "none", 0),
        Column("training", "s", "none", 0),
        Column("a mesh", "s", "none", 3, "A prediction, with the inputs at hand."),
    )
    cfd = [artery.cfd_seconds for artery in found.test if artery.cfd_seconds is not None]
    flow = f" The flow solver takes {np.median(cfd):.0f} s of processor time." if cfd else ""
    caption = f"A wall's neighbourhoods and features take {found.preparation_seconds:.1f} s before.{flow}"
    return Table(columns, rows, caption)


def _training(found: Findings) -> Item:
    series = {}
    for name, fitted in found.fits.items():
        values = np.asarray(fitted.history.validation)
        series[name] = (np.asarray(fitted.history.validation_steps), values)
    return Picture(
        lambda: curves(series, "training step", "validation error", "linear", "log"),
        "The mean absolute error of the stress' components on the validation meshes, in units of its root mean square.",
        "One falling curve for each network.",
    )
