"""The results of the benchmark of the gauge-equivariant convolution and of the sum over neighbours."""

from sections.common import Line, Record, table, versions

FASTER = 4.0


def asked(record: Record) -> list[Line]:
    """Speed beside the published layer and beside the sums of two libraries."""
    metrics = record["metrics"]
    found = [
        Line(
            f"one gauge-equivariant convolution, there and back: {FASTER:g} times faster than the published layer",
            _ratio(metrics["convolution"]["times_faster"]["published"]),
            metrics["convolution"]["times_faster"]["published"]["median"] >= FASTER,
        )
    ]
    for row in metrics["aggregations"]:
        found += [
            Line(
                f"sum over {row['degree']} neighbours, {row['channels']} channels: {FASTER:g} times faster than {peer}",
                _ratio(ratio),
                ratio["median"] >= FASTER,
            )
            for peer, ratio in sorted(row["times_faster"].items())
        ]
    return found


def _ratio(found: dict[str, float]) -> str:
    return f"{found['median']:.1f} times ({found['low']:.1f} to {found['high']:.1f})"


def section(records: list[Record]) -> list[str]:
    """The tables of the benchmark."""
    (record,) = records
    metrics = record["metrics"]
    return [
        "## gem-convolution: a convolution on a mesh, and a sum over neighbours",
        "",
        f"`python benchmarks/gem_convolution.py`, float32, {metrics['device']}; {versions(record)}.",
        "",
        *table(asked(record)),
        "",
        "Medians of paired ratios with 95 % intervals; in the same run a 2048 x 2048 product took "
        f"{1e3 * metrics['product_2048_seconds']:.0f} ms.",
        "",
        "| work | here (ms) | peers (ms) |",
        "|---|---|---|",
        *(_row(*each) for each in [("convolution", metrics["convolution"]), *map(_named, metrics["aggregations"])]),
        "",
    ]


def _named(row: dict) -> tuple[str, dict]:
    return f"sum, {row['nodes']:,} nodes, {row['degree']} neighbours, {row['channels']} channels", row


def _row(name: str, row: dict) -> str:
    peers = {who: seconds for who, seconds in sorted(row["seconds"].items()) if who != "ours"}
    others = ", ".join(f"{who} {1e3 * seconds:.1f}" for who, seconds in peers.items())
    return f"| {name} | {1e3 * row['seconds']['ours']:.1f} | {others} |"
