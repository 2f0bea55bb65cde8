"""The learning curve of the gauge-equivariant network on artery walls."""

from itertools import pairwise

from sections.common import Line, Record, table, versions


def asked(record: Record) -> list[Line]:
    """Whether more meshes help."""
    rows = record["metrics"]["rows"]
    medians = [row["plain"]["epsilon"]["median"] for row in rows]
    return [
        Line(
            "median epsilon falls with the meshes that are learned from",
            ", ".join(f"{row['meshes']}: {median:.1f} %" for row, median in zip(rows, medians, strict=True)),
            all(b < a for a, b in pairwise(medians)),
        )
    ]


def section(records: list[Record]) -> list[str]:
    """The table of the curve."""
    (record,) = records
    metrics = record["metrics"]
    cells = lambda of: " / ".join(f"{of['epsilon'][kind]:.1f}" for kind in ("mean", "median", "75th"))
    return [
        f"## learning-curve: {metrics['network']} on artery walls, by the number of meshes",
        "",
        "`python benchmarks/learning_curve.py`: settings of wall-shear-stress, the same 20 test meshes, as many rounds "
        f"over the meshes; {versions(record)}. Epsilon in %, mean / median / 75th percentile.",
        "",
        *table(asked(record)),
        "",
        "| meshes | steps | epsilon | epsilon, turned | training (min) |",
        "|---|---|---|---|---|",
        *(
            f"| {row['meshes']} | {row['steps']} | {cells(row['plain'])} | {cells(row['turned'])} | "
            f"{row['training_seconds'] / 60:.1f} |"
            for row in metrics["rows"]
        ),
        "",
    ]
