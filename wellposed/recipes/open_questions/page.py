"""The page of a run."""

import jax
import jax.numpy as jnp
import numpy as np

from wellposed.geometry import cotangent_law
from wellposed.geometry.graphs.cells import EQUILATERAL
from wellposed.metrics import mean_interval
from wellposed.report import Cell, Column, Headline, Item, Page, Panel, Picture, Section, Surfaces, Table, curves

from .cases import LATER, SEEN, TIMES
from .networks import CLASSICAL, INFORMED, PLAIN
from .pictures import double_descent, rates, transfer
from .record import over, peak, slopes, worst_unseen
from .run import Findings, title
from .widths import BARRON, GREEDY

HEAT = title("heat", "mesh")
NAMES = {INFORMED: "knows its equation", PLAIN: "message passing", CLASSICAL: "perceptron of all values"}
SENTENCES = {INFORMED: "knows its equation", PLAIN: "only passes messages"}
MODELLING = (
    "*Asked:* how does one combine graph networks with PDEs, and do such networks generalise better?\n\n"
    "The network that knows its equation has only fluxes between neighbours: m_i u_i' = Σ_j (r_ji u_j − r_ij u_i), "
    "with u_i'' for waves, integrated by RK4. It learns one function of what describes an edge (on a mesh the two "
    "angles opposite to it, on a graph its length, and for advection the direction of the flow), which gives r. Plain "
    "message passing sees the same and has about as many parameters, but no such form; a perceptron of all values "
    "knows nothing of neighbours, and cannot be asked about another mesh. Truth is the exact solution with the "
    "cotangent Laplacian on the mesh, or a weighted Laplacian on the graph, by eigenvectors; for advection with "
    "upwind fluxes, by the matrix exponential."
)
GENERALISATION = (
    "*Asked:* how does double descent show in graph networks, when we know the dynamics? Both layers below have the "
    "same random neurons and are fitted by least squares of minimum norm [@belkin2019] to noisy changes of the heat "
    "equation on a graph of 8 nodes. The plain layer sums its neurons over the neighbours; the informed one sums their "
    "antisymmetric parts, fluxes, and so conserves the sum of u."
)
NUMBERS = (
    "The numbers behind the first question. Heat keeps to the range of its start; waves need not, and where the "
    "flow runs together the exact solution of advection leaves it as well."
)
EXPRESSIVENESS = (
    "*Asked:* how do such function spaces compare with Barron's? A function with a finite norm there [@barron1993] is "
    "approximated by m neurons with a squared error of at most a constant over m, in any dimension [@bach2017]. Here "
    "it is measured in 6 dimensions, for a target in that space and for one outside of it."
)


def page(found: Findings) -> Page:
    """Everything that was found."""
    sections = [
        Section("Modelling: networks that know their equation", MODELLING, _modelling(found)),
        Section("Generalisation: double descent", GENERALISATION, _generalisation(found)),
        Section("Expressiveness: Barron's rate", EXPRESSIVENESS, _expressiveness(found)),
        Section("Every network in every place", NUMBERS, [_table(found, case) for case in found.judged]),
    ]
    lead = "The talk ends with three open questions. Each is asked here of small, exact experiments. " + _answer(found)
    return Page("Open questions", lead, sections, _headlines(found))


def _answer(found: Findings) -> str:
    better = [
        case for case, of in found.judged.items() if (worst_unseen(of[INFORMED]) or 0) < (worst_unseen(of[PLAIN]) or 0)
    ]
    d = found.descent
    slope = mean_interval(slopes(found.widths.neurons, found.widths.errors[BARRON][GREEDY]))
    return (
        f"*Found:* the network that knows its equation has the smaller error on places never seen in {len(better)} of "
        f"{len(found.judged)} cases. The test error peaks at {peak(d.parameters, d.test['informed'])} parameters with "
        f"the conservation law and at {peak(d.parameters, d.test['plain'])} without; the thresholds are {d.conserved} "
        f"and {d.equations}. Greedily chosen neurons fall like m to the power {slope.mean:.2f} in Barron's space."
    )


def _headlines(found: Findings) -> list[Headline]:
    lines = []
    if HEAT in found.judged:
        of = found.judged[HEAT]
        seen = np.mean([one.error for one in of[INFORMED][SEEN]])
        lines = [
            Headline("Heat, the mesh it saw", float(seen), "", "relative error on new initial values"),
            Headline(
                "Heat, meshes never seen", worst_unseen(of[INFORMED]), "", "the worst of them; at most 0.001 asked"
            ),
            Headline("The same, plain", worst_unseen(of[PLAIN]), "", "message passing of as many parameters"),
        ]
    d = found.descent
    return [
        *lines,
        Headline(
            "Peak of the test error", peak(d.parameters, d.test["informed"]), "parameters", "with conservation", 0
        ),
    ]


def _modelling(found: Findings) -> list[Item]:
    errors = {
        case: {
            NAMES[name]: {place: [one.error for one in judged] for place, judged in of.items()}
            for name, of in networks.items()
        }
        for case, networks in found.judged.items()
    }
    items: list[Item] = [
        Picture(
            lambda: transfer(errors, SEEN),
            "Relative error after the time that was learned, on initial values never seen: large marks are geometric "
            "means over seeds, small ones the seeds. The dashed line is 0.001. Training saw only the place of the "
            "first row. The mesh that was seen is the most uneven of the five, and so the hardest to be exact on.",
            "In each panel the network that knows its equation lies farthest to the left.",
        ),
        *_law(found),
        *_surfaces(found),
    ]
    if found.harmonics is not None:
        items.append(_harmonics(found))
    return items


def _surfaces(found: Findings) -> list[Item]:
    """The unseen mesh on which the error is largest."""
    if HEAT not in found.judged:
        return []
    of = found.judged[HEAT]
    unseen = [place for place in found.places[HEAT] if place.name != SEEN]
    place = max(unseen, key=lambda place: np.mean([one.error for one in of[INFORMED][place.name]]))
    assert place.faces is not None
    items: list[Item] = []
    for name in (INFORMED, PLAIN):
        _, truth, found_there = (state[:, 0] for state in of[name][place.name][0].states)
        most = float(np.abs(truth).max())
        off = 100 * (found_there - truth) / most
        panels = [
            Panel("exact", truth, "u", (-most, most), "RdBu_r"),
            Panel("learned", found_there, "u", (-most, most), "RdBu_r"),
            Panel("error", off, "%", _symmetric(off), "RdBu_r"),
        ]
        items.append(
            Surfaces(
                place.positions,
                place.faces,
                panels,
                f"Heat on {place.name}, never seen, at t = {TIMES['heat', 'mesh']}, by the network that "
                f"{SENTENCES[name]}; the error in % of the largest exact value.",
                f"Exact and learned values, and their difference of at most {np.abs(off).max():.2g} %.",
                "",
            )
        )
    return items


def _law(found: Findings) -> list[Item]:
    """The learned function of an angle beside the one that makes the fluxes those of the cotangent Laplacian."""
    if HEAT not in found.judged:
        return []
    seen = found.places[HEAT][0].cells
    features = np.asarray(seen.features)[np.asarray(seen.table.filled)]
    at = np.linspace(features.min(), features.max(), 200)[:, None]
    degrees = np.rad2deg(EQUILATERAL) * (1 + at[:, 0])
    learned = np.asarray(jax.vmap(found.maps.networks[HEAT][INFORMED].g)(jnp.asarray(at, float)))[:, 0]
    series = {"cot / 2": (degrees, cotangent_law(at)), "learned": (degrees, learned)}
    return [
        Picture(
            lambda: curves(series, "angle opposite to the edge (degrees)", "rate"),
            "What the network learned (first seed), over all angles of the mesh that it saw: the law of the cotangent "
            "Laplacian, of which it was not told. Few triangles have the sharpest angles.",
            "Two curves that lie on each other.",
        )
    ]


def _symmetric(values: np.ndarray) -> tuple[float, float]:
    most = float(np.abs(values).max())
    return -most, most


def _table(found: Findings, case: str) -> Table:
    rows = []
    for name, of in found.judged[case].items():
        for place, judged in of.items():
            mean, low, high, _ = mean_interval(np.array([one.error for one in judged]), within=(0.0, np.inf))
            rows.append(
                (
                    NAMES[name],
                    "the one seen" if place == SEEN else place,
                    Cell(mean, low, high),
                    float(np.mean([one.later for one in judged])),
                    max(one.mass for one in judged),
                    over(judged, "beyond", max, 100.0),
                    over(judged, "energy", np.mean, 100.0),
                    found.parameters[case][name],
                )
            )
    columns = (
        "Network",
        "Place",
        Column("Error", "", "none", None, "relative, after the time that was learned"),
        Column(f"Error at {LATER} t", "", "none", None, f"the map applied {LATER} times"),
        Column("Mass change", "", "none", None, "largest, over the sum of m |u|"),
        Column("Beyond", "%", "none", 1, "how far values leave the range of the start; below 0 they stay inside"),
        Column("Energy error", "%", "none", 2, "of the end, against the exact solution's"),
        Column("Parameters", "", "none", 0),
    )
    return Table(columns, rows, f"{case.capitalize()}: means over seeds, with 95 % intervals of the mean.")


def _harmonics(found: Findings) -> Table:
    h = found.harmonics
    assert h is not None
    rows = [(int(n), float(a), float(b)) for n, a, b in zip(h.vertices, h.learned, h.exact, strict=True)]
    return Table(
        (Column("Vertices", "", "none", 0), Column("Learned map"), Column("Exact on the mesh")),
        rows,
        "Against the smooth heat equation on the sphere, where a spherical harmonic of degree l decays as "
        "exp(−l (l + 1) t): relative errors, means over the degrees 1 to 4. What both share is the error of the mesh.",
    )


def _generalisation(found: Findings) -> list[Item]:
    d = found.descent
    return [
        Picture(
            lambda: double_descent(d),
            f"Median error over {len(d.test['plain'])} repetitions, with quartiles, over the size of the change that "
            f"is predicted. Dotted lines: {d.equations} noisy values are fitted by as many parameters; fluxes reach "
            f"only those {d.conserved} combinations that keep the sum, so that theirs comes earlier, and the "
            "noise that would create mass is never fitted. Beyond, more parameters help again.",
            "Both curves fall, rise to a peak at their dotted line, and fall again.",
        )
    ]


def _expressiveness(found: Findings) -> list[Item]:
    w = found.widths
    rows = []
    for target, of in w.errors.items():
        for method, errors in of.items():
            mean, low, high, _ = mean_interval(slopes(w.neurons, errors))
            rows.append((target, method, Cell(mean, low, high), float(errors[:, -1].mean())))
    return [
        Picture(
            lambda: rates(w),
            "Squared error on unseen points over the variance of the target, means over repetitions with their range. "
            "Left, the line is what Maurey's argument promises for neurons drawn at random, a constant over m; "
            "right, a line of that slope, which nothing promises.",
            "Left the errors fall along 1 / m, right they fall more slowly.",
        ),
        Table(
            (
                "Target",
                "Method",
                Column("Slope", "", "none", 2, "of log error over log m; Barron's rate is -1"),
                Column(f"Error at {w.neurons[-1]} neurons"),
            ),
            rows,
            "Measured rates: means over repetitions, with 95 % intervals of the mean.",
        ),
    ]
