"""The page of a run."""

import numpy as np

from wellposed.metrics import mean_interval
from wellposed.report import Cell, Column, Headline, Page, Picture, Section, Table, bars, curves

from . import drawing
from .record import SPHERE, accuracies
from .rooms import ROOMS
from .run import NETWORK, RIVAL, Findings

GROUP = "group CNN p4"
TABLE_TEXT = (
    "A map f is invariant under a group G if f(g x) = f(x) for all g of the group. The error is measured in float64 on "
    "trained networks: max |f(g x) − f(x)| / max |f(x)| over logits, the largest of all seeds; what is exact on "
    "paper is of the size of rounding, or of what a grid, a band or samples of a nonlinearity miss. Time warping is a "
    "symmetry that an LSTM can learn, not one that it has; scattering is stable under small deformations and nearly "
    "invariant to shifts; SE(2) is measured by quarter turns and shifts. "
    "The accuracy lost is that on test samples as they are, minus that on the same samples moved, as the table says. "
    "Networks see no moved sample in training."
)
RIVALS_TEXT = "Each row's rival learns the same samples, and lacks the symmetry."
MAPS_TEXT = (
    "What equivariance looks like inside: moving the sample moves the feature maps with it, so that their maximum or "
    "their mean, from which the answer is made, stays."
)
SCALE_TEXT = (
    "Scale separation: f ≈ f' ∘ P, where P averages over blocks of pixels and f' is a network that "
    "sees the averages alone. Where the curve is flat, the coarse picture holds all that the task asks for."
)


def page(found: Findings) -> Page:
    """Everything that was found."""
    s = found.settings
    lead = (
        "The blueprint of geometric deep learning names for each architecture its domain and its symmetry "
        f"[@bronstein2021]. Here each row is a network on a small task of its own, trained on "
        f"{s.samples} samples, and its symmetry is measured on {s.test_samples} others."
    )
    sections = [
        Section("The blueprint, measured", TABLE_TEXT, [_table(found, NETWORK)]),
        Section("Without the symmetry", RIVALS_TEXT, [_table(found, RIVAL), _losses(found)]),
    ]
    maps = _feature_maps(found)
    if maps:
        sections.append(Section("Feature maps", MAPS_TEXT, maps))
    if found.separation:
        sections.append(Section("Scale separation", SCALE_TEXT, [_separation(found)]))
    return Page("The geometric blueprint", lead, sections, _headlines(found))


def _headlines(found: Findings) -> list[Headline]:
    lost = {who: np.mean([_lost(of[who]).mean() for of in found.judged.values()]) for who in (NETWORK, RIVAL)}
    return [
        Headline("Rows", len(found.judged), "", "architectures, each beside a rival without its symmetry", 0),
        Headline(
            "Lost with the symmetry", float(lost[NETWORK]), "points", "accuracy on moved samples, mean of rows", 1
        ),
        Headline("Lost without it", float(lost[RIVAL]), "points", "the same for the rivals", 1),
    ]


def _lost(judged: list) -> np.ndarray:
    return accuracies(judged, False) - accuracies(judged, True)


def _table(found: Findings, who: str) -> Table:
    rows = []
    for name, of in found.judged.items():
        room, judged = ROOMS[name], of[who]
        first = name if who == NETWORK else f"{room.rival_name} (beside {name})"
        rows.append(
            (
                first,
                room.domain,
                room.group,
                max(one.law for one in judged),
                _cell(_lost(judged)),
                _cell(accuracies(judged, False), (0.0, 100.0)),
                judged[0].parameters,
                room.move,
            )
        )
    columns = (
        "Architecture",
        "Domain Ω",
        "Symmetry group G",
        Column("Invariance error"),
        Column("Lost", "points", decimals=1, help="Accuracy on test samples as they are, minus that on moved ones."),
        Column("Accuracy", "%", decimals=1, help="On test samples as they are."),
        Column("Parameters", decimals=0),
        "Test samples moved",
    )
    kind = "with their symmetries" if who == NETWORK else "without them"
    return Table(columns, rows, f"Networks {kind}: means over seeds, with 95 % intervals of the mean.")


def _cell(values: np.ndarray, within: tuple[float, float] = (-np.inf, np.inf)) -> Cell:
    return Cell(*mean_interval(values, within=within)[:3])


def _losses(found: Findings) -> Picture:
    values = {}
    for name, of in found.judged.items():
        for who, title in ((NETWORK, name), (RIVAL, ROOMS[name].rival_name)):
            mean, low, high, _ = mean_interval(_lost(of[who]))
            values[title if who == NETWORK else f"beside {name}: {title}"] = (mean, low, high)
    return Picture(
        lambda: bars(values, "accuracy lost (points)"),
        "Accuracy lost when test samples are moved by the group: mean over seeds, with its 95 % interval.",
        "Two bars for each row: the architecture, and below it its rival.",
    )


def _feature_maps(found: Findings) -> list[Picture]:
    maps, pictures = found.maps.networks, []
    if GROUP in maps:
        pictures.append(
            Picture(
                lambda: drawing.on_group(maps[GROUP], ROOMS[GROUP]),
                f"One channel of the {GROUP}, at each of its four orientations. Below, the picture is turned by a "
                "quarter: each map is turned too, and stands at the next orientation.",
                "Two rows: a stroke and four feature maps; the same turned by 90 degrees.",
            )
        )
    if SPHERE in maps:
        pictures.append(
            Picture(
                lambda: drawing.on_sphere(maps[SPHERE], ROOMS[SPHERE]),
                f"A sample on the sphere and the two strongest channels of the {SPHERE}'s last layer, in Mollweide's "
                "equal-area projection. Below, the sample is turned: the maps turn with it.",
                "Two rows of three maps of the sphere.",
            )
        )
    return pictures


def _separation(found: Findings) -> Picture:
    blocks = np.array(sorted(found.separation))
    means = np.array([100 * found.separation[block].mean() for block in blocks])
    return Picture(
        lambda: curves({"CNN on the averages": (blocks, means)}, "side of a block, pixels", "accuracy, %"),
        "Accuracy from coarse-grained pictures, mean over seeds.",
        "One curve over the side of the blocks.",
    )
