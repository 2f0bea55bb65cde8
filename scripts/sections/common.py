"""What the sections of the page of results share."""

from collections.abc import Iterable
from typing import Any, NamedTuple

Record = dict[str, Any]  # a file of results/, which is the `metrics.json` of a full run


class Line(NamedTuple):
    """What was asked of a full run, what was measured, and whether that holds."""

    asked: str
    measured: str
    holds: bool


def table(lines: Iterable[Line]) -> list[str]:
    """The lines as a Markdown table."""
    rows = (f"| {line.asked} | {line.measured} | {'yes' if line.holds else '**no**'} |" for line in lines)
    return ["| asked | measured | holds |", "|---|---|---|", *rows]


def interval(value: dict[str, float], decimals: int) -> str:
    """A mean with its interval."""
    return f"{value['mean']:.{decimals}f} ({value['low']:.{decimals}f} to {value['high']:.{decimals}f})"


def versions(record: Record) -> str:
    """The versions that a record was made with."""
    return ", ".join(f"{name} {version}" for name, version in record["versions"].items())
