"""The results of the benchmark of blood flow in arteries."""

from typing import Any

from sections.common import Line, Record, table, versions

FIGURES = {
    "poiseuille": {"velocity_error": "{:.2%}", "stress_error": "{:+.2%}", "stress_deviation": "{:.2%}"},
    "stenosis": {
        "points": "{}",
        "largest_stress": "{:.3f}",
        "least_stress": "{:.3f}",
        "pressure_drop_dyn_per_cm2": "{:.2f}",
        "separated_cm": "{:.3f}",
        "cpu_seconds": "{:.1f}",
    },
}


def asked(record: Record) -> list[Line]:
    """What was asked of the solver, what was measured, and whether that holds."""
    metrics = record["metrics"]
    used, (a, b) = metrics["poiseuille"][-1], metrics["poiseuille"][:2]
    order = _order(a["velocity_error"], b["velocity_error"])
    slow, (turned,) = metrics["taper"][0], metrics["rotation"]
    inertia = slow["measured"] / slow["theory"] - 1
    flux = max(row["flux_error"] for row in [*metrics["cases"], turned])
    peak = metrics["stenosis"][-1]["largest_stress"] / metrics["stenosis_extrapolated"][0]["largest_stress"] - 1
    difference = max(row["difference"] for row in metrics["finer"])
    return [
        Line(
            "Poiseuille's stress within 1 % on the mesh of the data set",
            _percent(used["stress_error"]),
            abs(used["stress_error"]) < 0.01,
        ),
        Line(
            "the error of the velocity falls with the square of the cells (order at least 1.8)",
            f"{order:.2f}",
            order > 1.8,
        ),
        Line("what comes in leaves within 0.5 %", f"{flux:.0e}", flux < 0.005),
        Line("rotating the vessel rotates the stress within 1e-8", f"{turned['change']:.0e}", turned["change"] < 1e-8),
        Line(
            "inertia's part of the stress in a slow taper within 10 % of first-order theory",
            _percent(inertia),
            abs(inertia) < 0.1,
        ),
        Line(
            "the peak behind a 40 % stenosis within 5 % of its limit, on the mesh of the data set",
            _percent(peak),
            abs(peak) < 0.05,
        ),
        Line(
            "stress of drawn arteries within 3 % of that on a finer mesh (L2)", _percent(difference), difference < 0.03
        ),
    ]


def section(records: list[Record]) -> list[str]:
    """The tables of the benchmark."""
    (record,) = records
    metrics = record["metrics"]
    (limit,) = metrics["stenosis_extrapolated"]
    seconds = [f"{row['cpu_seconds']:.1f}" for row in metrics["cases"]]
    return [
        "## artery: the solver behind wall shear stress",
        "",
        f"`python benchmarks/artery.py`, float64; {versions(record)}. The last row of each table is the mesh of the "
        f"data set. A case takes {', '.join(seconds)} seconds of one core.",
        "",
        *table(asked(record)),
        "",
        "Poiseuille's flow:",
        "",
        *_rows(metrics["poiseuille"], FIGURES["poiseuille"]),
        "",
        "A cosine stenosis of 40 % of the radius, four radii long, Re = 100; stresses over Poiseuille's. No published "
        "numbers are held against it, but Richardson's extrapolation of the first three rows: largest stress "
        f"{limit['largest_stress']:.3f}, least {limit['least_stress']:.3f}, pressure drop "
        f"{limit['pressure_drop_dyn_per_cm2']:.2f} dyn/cm2, separated over {limit['separated_cm']:.3f} cm.",
        "",
        *_rows(metrics["stenosis"], FIGURES["stenosis"]),
        "",
        "A tube that tapers slowly: by how much inertia raises the stress, to first order Re |R'| / 12.",
        "",
        "| Re | theory | measured |",
        "|---|---|---|",
        *(f"| {row['reynolds']:.1f} | {row['theory']:.4f} | {row['measured']:.4f} |" for row in metrics["taper"]),
        "",
    ]


def _order(coarse: float, fine: float) -> float:
    from math import log2

    return log2(coarse / fine)


def _percent(share: float) -> str:
    return f"{share:+.2%}"


def _rows(rows: list[dict[str, Any]], figures: dict[str, str]) -> list[str]:
    head = ["points around", "rings", *(name.replace("_", " ") for name in figures)]
    cells = [
        [str(row["around"]), str(row["rings"])] + [form.format(row[name]) for name, form in figures.items()]
        for row in rows
    ]
    return [f"| {' | '.join(line)} |" for line in (head, ["---"] * len(head), *cells)]
