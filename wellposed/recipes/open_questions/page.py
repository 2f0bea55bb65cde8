"""The page of a run."""

from collections.abc import Mapping

import jax
import jax.numpy as jnp
import numpy as np

from wellposed.geometry import cotangent_law
from wellposed.geometry.graphs.cells import EQUILATERAL
from wellposed.metrics import mean_interval
from wellposed.report import Cell, Column, Headline, Item, Page, Panel, Picture, Section, Surfaces, Table, curves

from .cases import LATER, SEEN, TIMES
from .networks import INFORMED, PLAIN, hops
from .pictures import double_descent, rates, transfer
from .record import over, peak, slopes, worst_unseen
from .run import Findings, title
from .texts import EXPRESSIVENESS, GENERALISATION, MODELLING, NAMES, NUMBERS, SENTENCES
from .widths import BARRON, GREEDY

HEAT = title("heat", "mesh")


def page(found: Findings) -> Page:
    """Everything that was found."""
    sections = [
        Section("Modelling: networks that know their equation", f"{MODELLING}\n\n{_reach(found)}", _modelling(found)),
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


def _reach(found: Findings) -> str:
    """How far each network hears."""
    heard = {name: [hops(of[name]) or 0 for of in found.maps.networks.values()] for name in (INFORMED, PLAIN)}
    far = {name: f"{min(h)}" if min(h) == max(h) else f"{min(h)} to {max(h)}" for name, h in heard.items()}
    return (
        f"*How far each hears:* RK4 has four stages a step, in which the network that knows its equation hears "
        f"{far[INFORMED]} edges far on the place that it saw, and farther where the steps must be shorter. Plain "
        f"message passing hears {far[PLAIN]} edges far, everywhere. On a mesh that is finer than the one seen, more "
        "edges make the same distance: a fixed number of rounds is a limit of the plain network by construction."
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
    if found.harmonics is not None:
        h = found.harmonics
        exact = f"against the PDE's solution, {h.vertices[-1]} vertices; exact on the mesh {h.exact[-1]:.2g}"
        lines.append(Headline("Heat on a smooth sphere", float(h.learned[-1]), "", exact))
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
            "first row. The mesh that was seen was drawn more unevenly than the others.",
            "A panel a case and a row a place. Geometric means on the place seen: " + _means(errors) + ".",
        ),
    ]
    if found.harmonics is not None:
        items.append(_harmonics(found))
    return [*items, *_law(found), *_surfaces(found)]


def _means(errors: Mapping[str, Mapping[str, Mapping[str, list[float]]]]) -> str:
    mean = lambda values: float(np.exp(np.mean(np.log(values))))
    parts = (
        f"{case}: {', '.join(f'{name} {mean(of[SEEN]):.2g}' for name, of in networks.items())}"
        for case, networks in errors.items()
    )
    return "; ".join(parts)


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
    truth = cotangent_law(at)
    series = {"cot / 2": (degrees, truth), "learned": (degrees, learned)}
    off = np.abs(learned - truth)
    return [
        Picture(
            lambda: curves(series, "angle opposite to the edge (degrees)", "rate"),
            "What the network learned (first seed), over all angles of the mesh that it saw: the law of the cotangent "
            f"Laplacian, of which it was not told. They differ by at most {off.max():.2g}, by {np.median(off):.2g} in "
            "the median over the angles drawn.",
            f"Two curves from {degrees[0]:.0f} to {degrees[-1]:.0f} degrees, cot / 2 and what was learned; they "
            f"differ by at most {off.max():.2g}.",
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
            "noise that would create mass is never fitted.",
            "Median test errors on the same graph: " + "; ".join(_peaks(found)) + ".",
        )
    ]


def _peaks(found: Findings) -> list[str]:
    """Each layer's error where it is largest and with the most parameters."""
    d, said = found.descent, []
    for kind, errors in d.test.items():
        median, most = np.median(errors, axis=0), d.parameters[-1]
        top = f"{median.max():.2g} at its peak of {peak(d.parameters, errors)} parameters"
        said.append(f"{kind}, {top}, {median[-1]:.2g} at {most}")
    return said


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
            "Errors over the number of neurons, a panel a target. Slopes: "
            + "; ".join(f"{target}, {method} {slope.value:.2f}" for target, method, slope, _ in rows)
            + ".",
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
