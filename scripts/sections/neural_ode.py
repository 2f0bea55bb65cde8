"""The results of the benchmark of a neural ODE's training step."""

from typing import Any

from sections.common import Line, Record, table, versions

FASTER = 10.0
CASES = ("initial", "trained")


def asked(record: Record) -> list[Line]:
    """The time of a step beside the peer's fastest, with as few evaluations as its error allows at those weights."""
    metrics = record["metrics"]
    ours, peers = metrics["rows"][1], [row for row in metrics["rows"] if row["solver"].startswith("torchdiffeq")]
    return [_line(case, metrics["times_faster_than_the_fastest_peer"][case], ours, peers[0]) for case in CASES]


def _line(case: str, ratio: dict[str, float], ours: dict[str, Any], peer: dict[str, Any]) -> Line:
    error, allowed = ours["errors"][case], peer["errors"][case]
    return Line(
        f"neural ODE, a training step at {case} weights: {FASTER:g} times faster than torchdiffeq at no larger error",
        f"{ratio['median']:.1f} times ({ratio['low']:.1f} to {ratio['high']:.1f}), error {error:.1e} against "
        f"{allowed:.1e}",
        ratio["median"] >= FASTER and error <= allowed,
    )


def section(records: list[Record]) -> list[str]:
    """The table of the benchmark."""
    (record,) = records
    rows = record["metrics"]["rows"]
    return [
        "## neural-ode: the time of a training step",
        "",
        f"`make bench`: batch 64, MLP 2-64-64-2, median of {record['metrics']['repeats']} steps taken in turn, on two "
        f"cores; errors against a solution at rtol 1e-10; {versions(record)}.",
        "",
        *table(asked(record)),
        "",
        "Of the medians of paired ratios, with 95 % intervals.",
        "",
        "| solver | error, initial | error, trained | ms, initial | ms, trained | compiled in (s) |",
        "|---|---|---|---|---|---|",
        *(
            f"| {row['solver']} | {row['errors']['initial']:.1e} | {row['errors']['trained']:.1e} "
            f"| {1e3 * row['seconds_a_step']['initial']:.2f} | {1e3 * row['seconds_a_step']['trained']:.2f} "
            f"| {row.get('compile_seconds', float('nan')):.1f} |".replace("nan", "")
            for row in rows
        ),
        "",
    ]
