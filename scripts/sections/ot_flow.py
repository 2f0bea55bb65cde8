"""The results of the benchmark of OT-Flow's training step and of the exact Laplacian."""

from sections.common import Line, Record, table, versions

FASTER, MEMORY_GIB, PROBES = 4.0, 4.0, 2.0


def asked(record: Record) -> list[Line]:
    """Speed, memory, and the price of the exact Laplacian."""
    metrics = record["metrics"]
    lines = [
        Line(
            f"OT-Flow, a training step of {row['size']} size: {FASTER:g} times faster than the published code",
            f"{row['times_faster']['median']:.1f} times ({row['times_faster']['low']:.1f} to "
            f"{row['times_faster']['high']:.1f})",
            row["times_faster"]["median"] >= FASTER,
        )
        for row in metrics["steps"]
    ]
    large, small = metrics["steps"][-1], metrics["traces"][0]
    return [
        *lines,
        Line(
            f"memory of a step in {large['d']} dimensions below {MEMORY_GIB:g} GiB",
            f"{large['memory_gib']:.2f} GiB",
            large["memory_gib"] < MEMORY_GIB,
        ),
        Line(
            f"exact Laplacian in {small['d']} dimensions, width {small['width']}: at most {PROBES:g} times gradient "
            "and Hutchinson's probe",
            f"{small['ratio']:.2f} times",
            small["ratio"] <= PROBES,
        ),
    ]


def section(records: list[Record]) -> list[str]:
    """The tables of the benchmark."""
    (record,) = records
    metrics = record["metrics"]
    return [
        "## ot-flow: the time of a training step, and of a Laplacian",
        "",
        f"`python benchmarks/ot_flow.py OT-Flow`, float32, two cores; {versions(record)}.",
        "",
        *table(asked(record)),
        "",
        "Medians of paired ratios with 95 % intervals. The floor is the time of the formulas' multiply-adds at the "
        f"speed of a 2048 x 2048 product, {2e-9 * metrics['multiply_adds_per_second']:.0f} GFLOP/s in the same run.",
        "",
        "| size | d | width | batch | steps | published (s) | here (s) | floor (s) | compiled in (s) | memory (GiB) |",
        "|---|---|---|---|---|---|---|---|---|---|",
        *(
            f"| {r['size']} | {r['d']} | {r['width']} | {r['batch']} | {r['steps']} | "
            f"{r['seconds']['published']:.2f} | {r['seconds']['ours']:.3f} | {r['floor_seconds']:.3f} | "
            f"{r['compile_seconds']:.1f} | {r['memory_gib']:.2f} |"
            for r in metrics["steps"]
        ),
        "",
        "The exact Laplacian beside the gradient with one of Hutchinson's probes; the bound counts multiply-adds, of "
        "which the Laplacian's own are width^2 d.",
        "",
        "| d | width | batch | exact (ms) | probe (ms) | ratio | bound |",
        "|---|---|---|---|---|---|---|",
        *(
            f"| {t['d']} | {t['width']} | {t['batch']} | {1e3 * t['exact_seconds']:.2f} | "
            f"{1e3 * t['hutchinson_seconds']:.2f} | {t['ratio']:.1f} | {t['bound']:.1f} |"
            for t in metrics["traces"]
        ),
        "",
    ]
