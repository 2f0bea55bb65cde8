"""The results of the benchmark of the sum over neighbours on graphs with hubs."""

from sections.common import Line, Record, table, versions

FASTER = 2.0
MOST_GB = 8.0


def asked(record: Record) -> list[Line]:
    """Speed beside PyTorch, and memory on a large graph."""
    speed, memory = record["metrics"]["speed"], record["metrics"]["memory"]
    peak = max(memory["peak_gb"].values())
    return [
        *(
            Line(
                f"sum on {speed['nodes']:,} nodes and {speed['edges']:,} edges, {speed['channels']} channels, there "
                f"and back: {FASTER:g} times faster than PyTorch's {way}",
                f"{times:.1f} times",
                times >= FASTER,
            )
            for way, times in sorted(speed["times_faster"].items())
        ),
        Line(
            f"{memory['nodes']:,} nodes and {memory['edges']:,} edges: the sum and a training step of GCN within "
            f"{MOST_GB:g} GB",
            f"{peak:.1f} GB",
            peak <= MOST_GB,
        ),
    ]


def section(records: list[Record]) -> list[str]:
    """The tables of the benchmark."""
    (record,) = records
    speed, memory = record["metrics"]["speed"], record["metrics"]["memory"]
    stages = ("edges", "table", "sum", "training_step")
    return [
        "## graph-aggregation: a weighted sum over neighbours on a graph with hubs",
        "",
        "`python benchmarks/graph_aggregation.py`, float32, two cores, degrees that fall as a power of 2.7; "
        f"{versions(record)}.",
        "",
        *table(asked(record)),
        "",
        f"Speed: medians; {speed['most_neighbours']:,} neighbours at most.",
        "",
        "| way | milliseconds |",
        "|---|---|",
        *(f"| {way} | {1e3 * seconds:.0f} |" for way, seconds in speed["seconds"].items()),
        "",
        f"Memory: the most that a process has held up to the end of each stage; {memory['most_neighbours']:,} "
        f"neighbours at most, {memory['channels']} channels, GCN of two layers and {memory['classes']} classes.",
        "",
        "| stage | peak (GB) | seconds, with compilation |",
        "|---|---|---|",
        *(
            f"| {stage.replace('_', ' ')} | {memory['peak_gb'][stage]:.2f} | "
            f"{memory['seconds_with_compilation'][stage]:.0f} |"
            for stage in stages
        ),
        "",
    ]
