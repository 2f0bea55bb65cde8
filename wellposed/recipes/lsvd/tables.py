"""The tables of the report."""

from collections.abc import Mapping, Sequence

from wellposed.metrics import Interval
from wellposed.report import Cell, Column, Table

from .methods import LEARNED
from .run import Findings

OPTIMUM = "best linear map of rank k"


def cell(interval: Interval) -> Cell:
    """A mean with its interval."""
    return Cell(interval.mean, interval.low, interval.high)


def comparison(found: Findings) -> Table:
    """All methods on the test pictures."""
    rows: list[Sequence] = []
    for name, score in found.scores.items():
        figures = score.intervals()
        kind = "learned" if name in LEARNED else "classical"
        rows.append((name, kind, *map(cell, figures.values()), found.milliseconds[name]))
    if found.best_linear is not None:
        rows.append((OPTIMUM, "closed form", *map(cell, found.best_linear.intervals().values()), None))
    columns = (
        "Method",
        "Kind",
        Column("PSNR", "dB", "max", 2, "peak signal-to-noise ratio with peak 1; 3 dB halve the squared error"),
        Column("SSIM", "", "max", 3, "structural similarity [@wang2004]; 1 for equal pictures"),
        Column("Relative error", "", "min", 3, "norm of the error over the norm of the picture"),
        Column("Time", "ms", "min", None, "for one picture in a batch, compiled before, on this machine"),
    )
    return Table(
        columns,
        rows,
        f"All methods on the same noisy data of {len(found.sets.test[0])} test pictures: means with 95 % intervals. "
        f"The last line is no method but a bound: {OPTIMUM} = {found.settings.rank}, computed in closed form for the "
        "training pictures, whose exact moments it knows.",
    )


def away(found: Findings) -> Table:
    """PSNR on single persons."""
    places = list(found.elsewhere)
    columns = (
        "Method",
        *(Column(f"{place} ({len(found.sets.elsewhere[place][0])})", "dB", "max", 1) for place in places),
    )
    rows = [(name, *(float(found.elsewhere[place][name].psnr_db.mean()) for place in places)) for name in found.scores]
    return Table(
        columns,
        rows,
        "PSNR on pictures of single persons that no method was trained or tuned on, with the number of pictures: no "
        "intervals, since the pictures of one place come from one person.",
    )


def paths(found: Findings) -> Table:
    """The three paths through each learned SVD."""
    kinds = ("reconstruction", "data autoencoder", "signal autoencoder")
    columns = ("Map", *(Column(kind.capitalize(), "", "min", 3) for kind in kinds))
    rows = [(name, *(path[kind] for kind in kinds)) for name, path in found.paths.items()]
    return Table(
        columns,
        rows,
        "Relative errors of the three paths, on test pictures: noisy data to picture, noisy data to noise-free "
        "data, and "
        "picture to picture. In (b) the two autoencoders are projections on singular vectors; in (c) and (d) they were "
        "fitted after the reconstruction, which they do not touch.",
    )


def rules(found: Findings) -> Table:
    """Tikhonov's parameter by rules."""
    rows = [(rule, alpha, error) for rule, (alpha, error) in found.classical.rules.items()]
    return Table(
        ("Rule", "α", Column("Relative error", "", "min", 3)),
        rows,
        "Tikhonov's parameter on one validation picture, as four rules choose it. The comparison above gives the "
        "classical methods the best parameter on the whole validation slab, which needs the truth.",
    )


def optima_table(found: Findings) -> Table | None:
    """The learned linear maps and their closed-form optima."""
    if found.optima is None:
        return None
    f, k = found.optima.figures, found.settings.rank
    rows: list[Sequence] = [
        ("(a) Tikhonov, its α from the validation slab", f["singular_values"], f["tikhonov_error"], None, None),
        ("(b) diagonal Σ", f["singular_values"], f["b_diagonal_error"], f["wiener_error"], "Wiener filter"),
        ("(b) full Σ", k, f["b_full_error"], f["least_squares_sigma_error"], "least squares"),
        ("(c) from the SVD", k, f["c_error"], f["reduced_rank_error"], "reduced-rank regression"),
        ("(d) from random", k, f["d_error"], f["reduced_rank_error"], "reduced-rank regression"),
    ]
    filled = [(n, k, 1e3 * e, o and 1e3 * o, o and 100 * (e / o - 1), w or "") for n, k, e, o, w in rows]
    columns = (
        "Map",
        Column("k", decimals=0),
        Column("Squared error", "10⁻³", "min", 3, "expected, for one pixel"),
        Column("Optimum", "10⁻³", "none", 3),
        Column("Above", "%", "min", 2),
        "Closed form",
    )
    return Table(
        columns,
        filled,
        "Learned linear maps beside the best that their form allows: population errors over the training distribution "
        "(the training pictures with fresh noise), in closed form, with no test set between. "
        f"The learned diagonal of (b) differs from the Wiener filter by "
        f"{100 * f['b_diagonal_distance_from_wiener']:.2f} % "
        "in the weighted norm.",
    )


def answers_table(found: Mapping, question: str) -> Table:
    """One question, asked of every map."""
    first = next(iter(found.values()))[question]
    holds = {True: "yes", False: "no", None: "not asked"}
    of = {name: answers[question] for name, answers in found.items()}
    rows = [(name, Cell(a.number, a.low, a.high), holds[a.holds], a.verdict) for name, a in of.items()]
    return Table(
        ("Map", Column("Number", first.unit), "Answer", "In words"), rows, f"{first.question} {first.definition}"
    )
