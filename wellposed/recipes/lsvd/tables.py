"""The tables of the report."""

from collections.abc import Sequence
from dataclasses import replace

from wellposed.metrics import Interval
from wellposed.report import Cell, Column, Table

from .methods import LEARNED
from .run import Findings

OPTIMUM = "best linear map of rank k"


def cell(interval: Interval) -> Cell:
    """A mean with its interval, which a single picture does not have."""
    return Cell(interval.mean, interval.low, interval.high) if interval.n > 1 else Cell(interval.mean)


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
    return Table(columns, rows, _comparison_caption(found))


def _comparison_caption(found: Findings) -> str:
    gap, edges = 100 * found.classical.gap, found.classical.edges
    parts = [
        f"All methods on the same noisy data of {len(found.sets.test[0])} test pictures: means with 95 % intervals.",
        "They speak for other deformations of the same ten neighbouring slices of one head, not for other heads."
        if found.settings.images == "anatomy"
        else "",
        "The classical methods have the parameter of least error on the validation pictures"
        + (f", which for {' and '.join(edges)} lies at the end of the grid that was searched." if edges else ".")
        + f" Total variation is certified to a relative primal-dual gap of {gap:.2g} %.",
        "" if found.classical.fbp else "FBP is left out: it needs a tomograph, and in fan beam a full turn of views.",
        f"The last line is no method: it is the linear map of rank {found.settings.rank} with the least expected error "
        "over the training pictures, computed in closed form from their exact moments."
        if found.best_linear is not None
        else "",
    ]
    return " ".join(part for part in parts if part)


FIGURES = {
    "psnr_db": ("PSNR", Column("", "dB", "max", 1)),
    "ssim": ("SSIM", Column("", "", "max", 3)),
    "relative_error": ("Relative error", Column("", "", "min", 3)),
}


def away(found: Findings) -> list[Table]:
    """All figures on single persons, a table each."""
    return [_away(found, figure) for figure in FIGURES]


def _away(found: Findings, figure: str) -> Table:
    title, column = FIGURES[figure]
    sizes = {place: len(x) for place, (x, _) in found.sets.elsewhere.items()}
    columns = [replace(column, title=f"{place} ({n})" if n > 1 else place) for place, n in sizes.items()]
    rows = [
        (name, *(cell(found.elsewhere[place][name].intervals()[figure]) for place in sizes)) for name in found.scores
    ]
    return Table(
        ("Method", *columns),
        rows,
        f"{title} on pictures of single persons that no method was trained or tuned on. Where there is more than one "
        "picture, their number stands in brackets, and the interval speaks for other slices of that person.",
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
    rows = [(rule, *of) for rule, of in found.classical.rules.items()]
    return Table(
        ("Rule", "α", Column("Relative error", "", "min", 3), "Remark"),
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
        ("Tikhonov, centred", f["singular_values"], f["centred_tikhonov_error"], None, None),
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
