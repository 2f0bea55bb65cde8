"""The results of mean-field games."""

import math

from sections.common import Line, Record, table, versions
from sections.crowd import beside_grid, costs

VARIANCE = 0.3  # of the published crowd


def asked(record: Record) -> list[Line]:
    """What was asked of the full run, what was measured, and whether that holds."""
    return [beside_grid(record["metrics"], "crowd around an obstacle")]


def _padded(d: int, weight: float) -> float:
    """What the entropy of the padded dimensions saves."""
    return weight * (d - 2) * math.log(2 * math.pi * math.e * VARIANCE) / 2


def section(records: list[Record]) -> list[str]:
    """The table of the crowds."""
    (record,) = records
    settings = record["settings"]
    return [
        "## mean-field-game: a crowd around an obstacle",
        "",
        f"`wellposed run mean-field-game --preset {record['preset']} --seed {record['seed']}`: a potential of width "
        f"{settings['width']}, {settings['iterations']} steps of Adam on {settings['batch']} fresh agents; judged on "
        f"{settings['agents']}; {versions(record)}.",
        "",
        *table(asked(record)),
        "",
        *costs(record["metrics"]),
        "",
        "In more dimensions the same game costs less by the entropy of those that are padded, whose variance stays "
        f"{VARIANCE}: {settings['entropy']:g} (d - 2) log(2 pi e 0.3) / 2, which is "
        + ", ".join(f"{_padded(int(d), settings['entropy']):.3f} at d = {d}" for d in record["metrics"]["learned"])
        + ".",
        "",
    ]
