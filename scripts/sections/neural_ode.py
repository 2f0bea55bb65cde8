"""The results of the benchmark of a neural ODE's training step."""

from typing import Any

from sections.common import Line, Record, table, versions

FASTER = 10.0


def asked(record: Record) -> list[Line]:
    """The time of a step beside the peer's fastest, with as few evaluations as its error allows at those weights."""
    rows = record["metrics"]["rows"]
    ours, peers = rows[1], [row for row in rows if row["solver"].startswith("torchdiffeq")]
    return [_line(case, ours, peers) for case in ("initial", "trained")]


def _line(case: str, ours: dict[str, Any], peers: list[dict[str, Any]]) -> Line:
    ratio = min(peer["seconds_a_step"][case] for peer in peers) / ours["seconds_a_step"][case]
    error, allowed = ours["errors"][case], peers[0]["errors"][case]
    return Line(
        f"neural ODE, a training step at {case} weights: {FASTER:g} times faster than torchdiffeq at no larger error",
        f"{ratio:.1f} times, error {error:.1e} against {allowed:.1e}",
        ratio >= FASTER and error <= allowed,
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
