"""The results of the benchmark of the grid solver of mean-field games."""

import math
from typing import Any

from sections.common import Line, Record, table, versions

OF_DISTANCE, OF_RICCATI = 0.5, 1.0  # per cent
LEAST_ORDER = 1.7  # of a scheme of second order, between its two finest grids


def asked(record: Record) -> list[Line]:
    """What was asked of the solver, what was measured on its finest grids, and whether that holds."""
    metrics = record["metrics"]
    lines = []
    for d, rows in metrics["translated"].items():
        off, order = rows[-1]["error_percent"], _order(rows)
        lines += [
            Line(
                f"translated Gaussians, {d}-D: within {OF_DISTANCE:g} % of the squared distance of the means",
                f"{off:+.2f} % on {rows[-1]['cells']} cells a side",
                abs(off) <= OF_DISTANCE,
            ),
            Line(f"translated Gaussians, {d}-D: second order", f"{order:.2f}", order >= LEAST_ORDER),
        ]
    for q, rows in metrics["riccati"].items():
        off = rows[-1]["error_percent"]
        lines.append(
            Line(
                f"linear-quadratic game with noise in the plane, q = {float(q):g}: {OF_RICCATI:g} % from Riccati",
                f"{rows[-1]['measured']:.4f} against {rows[-1]['exact']:.4f}: {off:+.2f} %",
                abs(off) <= OF_RICCATI,
            )
        )
    return lines


def section(records: list[Record]) -> list[str]:
    """The tables of the benchmark."""
    (record,) = records
    cases = [
        (f"{what} {of}", row)
        for what, kind, named in (
            ("translation,", "translated", lambda d: f"{d}-D"),
            ("Riccati,", "riccati", lambda q: f"q = {float(q):g}"),
        )
        for name, rows in record["metrics"][kind].items()
        for of, row in ((named(name), row) for row in rows)
    ]
    return [
        "## grid-games: the grid solver beside closed forms",
        "",
        f"`python benchmarks/grid_games.py`, float64, gap at most {record['tolerance']:g} of the kinetic energy; "
        f"{versions(record)}.",
        "",
        *table(asked(record)),
        "",
        "| case | cells a side | steps | measured | exact | error (%) | gap (% of kinetic) | iterations | seconds |",
        "|---|---|---|---|---|---|---|---|---|",
        *(
            f"| {name} | {r['cells']} | {r['steps']} | {r['measured']:.5f} | {r['exact']:.5f} | "
            f"{r['error_percent']:+.3f} | {r['gap_percent_of_kinetic']:.3f} | {r['iterations']} | {r['seconds']:.0f} |"
            for name, r in cases
        ),
        "",
    ]


def _order(rows: list[dict[str, Any]]) -> float:
    """Of convergence, from the two finest grids."""
    coarse, fine = rows[-2:]
    return math.log(coarse["error_percent"] / fine["error_percent"]) / math.log(fine["cells"] / coarse["cells"])
