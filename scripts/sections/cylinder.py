"""The results of the benchmark of the flow past a cylinder."""

from typing import Any

from sections.common import Line, Record, table, versions


def asked(record: Record) -> list[Line]:
    """What was asked of the solver, what was measured on its finest meshes, and whether that holds."""
    metrics = record["metrics"]
    steady, shedding = metrics["channel_2d_1"][-1], metrics["channel_2d_2"][-1]
    wakes = metrics["wake"]
    moved = abs(wakes[-1]["onset"] - wakes[-2]["onset"])
    return [
        _within("2D-1 (Re 20)", "drag coefficient", steady["drag"], 5.57, 5.59),
        _within("2D-1 (Re 20)", "lift coefficient", steady["lift"], 0.0104, 0.0110),
        _within("2D-1 (Re 20)", "pressure drop", steady["pressure_drop"], 0.1172, 0.1176),
        _within("2D-2 (Re 100)", "largest drag coefficient", shedding["drag_max"], 3.22, 3.24),
        _within("2D-2 (Re 100)", "largest lift coefficient", shedding["lift_max"], 0.99, 1.01),
        _within("2D-2 (Re 100)", "Strouhal number", shedding["strouhal"], 0.295, 0.305),
        Line(
            "critical Reynolds number of the wake moves by less than 0.5 between the two finest orders",
            f"{wakes[-2]['onset']:.2f}, {wakes[-1]['onset']:.2f}",
            moved < 0.5,
        ),
    ]


def section(records: list[Record]) -> list[str]:
    """The tables of the benchmark."""
    (record,) = records
    metrics = record["metrics"]
    wake = metrics["wake"][-1]
    rates = zip(wake["reynolds"], wake["rates"], wake["strouhal"], strict=True)
    return [
        "## cylinder: the solver behind the wake",
        "",
        f"`python benchmarks/cylinder.py`, float64; {versions(record)}. The published intervals are those of Schaefer "
        "and Turek (1996); the last row of each table is held against them.",
        "",
        *table(asked(record)),
        "",
        "Channel 2D-1, steady:",
        "",
        *_rows(metrics["channel_2d_1"], {"drag": 5, "lift": 6, "pressure_drop": 6, "largest_divergence": 6}),
        "",
        "Channel 2D-2, shedding:",
        "",
        *_rows(metrics["channel_2d_2"], {"drag_max": 5, "lift_max": 5, "strouhal": 5, "cpu_ms_per_step": 1}),
        "",
        "Wake in a stream of 20 by 35 diameters: where the growth rate of small oscillations vanishes "
        "(46.2 without walls, Jackson 1987):",
        "",
        "| order | step | critical Re |",
        "|---|---|---|",
        *(f"| {w['order']} | {w['step']:g} | {w['onset']:.3f} |" for w in metrics["wake"]),
        "",
        f"Growth rates at order {wake['order']} (per diameter over speed):",
        "",
        "| Re | growth rate | Strouhal number |",
        "|---|---|---|",
        *(f"| {re:g} | {rate:+.5f} | {strouhal:.4f} |" for re, rate, strouhal in rates),
        "",
    ]


def _within(case: str, name: str, value: float, low: float, high: float) -> Line:
    return Line(f"{case}: {name} in {low} to {high}", f"{value:.5g}", low <= value <= high)


def _rows(rows: list[dict[str, Any]], figures: dict[str, int]) -> list[str]:
    head = ["order", "step (s)", "bisections", *(name.replace("_", " ") for name in figures)]
    cells = [
        [str(row["order"]), f"{row['step_s']:g}", str(row["bisections"])]
        + [f"{row[name]:.{decimals}f}" for name, decimals in figures.items()]
        for row in rows
    ]
    return [f"| {' | '.join(line)} |" for line in (head, ["---"] * len(head), *cells)]
