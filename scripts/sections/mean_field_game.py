"""The results of mean-field games."""

from sections.common import Line, Record, table, versions
from sections.crowd import beside_grid, costs


def asked(record: Record) -> list[Line]:
    """What was asked of the full run, what was measured, and whether that holds."""
    return [beside_grid(record["metrics"], "crowd around an obstacle")]


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
    ]
