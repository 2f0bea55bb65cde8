"""Tables that sort by a click, with intervals drawn beside the numbers."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, SupportsFloat, TypeAlias

from wellposed.report.item import Item
from wellposed.report.press import Press, escape, number_text, python_number


@dataclass(frozen=True)
class Cell:
    """A number with the interval that it lies in.

    Args:
        value: the number, in its column's unit; None where there is none.
        low: lower end of the interval, or None.
        high: upper end of the interval, or None.

    Example:
        >>> Cell(27.8, 27.5, 28.1).value
        27.8
    """

    value: SupportsFloat | None
    low: SupportsFloat | None = None
    high: SupportsFloat | None = None


Entry: TypeAlias = str | SupportsFloat | Cell | None


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Args:
        title: what stands in the header.
        unit: shown behind the title, `dB` or `ms`; empty for pure numbers and words.
        best: which value is emphasised.
        decimals: digits after the point; None keeps three significant digits.
        help: one sentence that explains the quantity, shown below the table.
    """

    title: str
    unit: str = ""
    best: Literal["max", "min", "none"] = "none"
    decimals: int | None = None
    help: str = ""


@dataclass(frozen=True)
class Table(Item):
    """Rows of words and numbers; a click on a header sorts by it, best first.

    Args:
        columns: the header; a plain text is a column without unit or best value.
        rows: each with one entry a column: a word, a number, None, or a `Cell` with an interval.
        caption: what the table shows, for a reader who has not read the rest.

    Raises:
        ValueError: a row has another length than the header.

    Example:
        >>> columns = ("Method", Column("PSNR", "dB", best="max"))
        >>> table = Table(columns, [("Tikhonov", Cell(24.3, 24.1, 24.4))], "One method.")
        >>> "24.3" in table.html(Press())
        True
    """

    columns: Sequence[str | Column]
    rows: Sequence[Sequence[Entry]]
    caption: str

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(
                    f"Table expects {len(self.columns)} entries in each row, found {len(row)} in {row[0]!r}: "
                    "give None where there is no value"
                )

    def html(self, press: Press) -> str:
        """The table as HTML, in a box of its own that scrolls sideways on a phone."""
        number = press.number("Table")
        columns = [column if isinstance(column, Column) else Column(column) for column in self.columns]
        shown = [[plain_entry(entry) for entry in row] for row in self.rows]
        scales = [_Scale.of(column, [row[i] for row in shown]) for i, column in enumerate(columns)]
        head = "".join(_header(column, scale) for column, scale in zip(columns, scales, strict=True))
        body = "".join(_row(columns, scales, row) for row in shown)
        notes = "".join(f"<dt>{escape(c.title)}</dt><dd>{press.inline(c.help)}</dd>" for c in columns if c.help)
        return (
            f'<figure class="table" id="table-{number}"><figcaption id="table-{number}-caption">'
            f"{press.caption('Table', number, self.caption)}</figcaption>"
            f'<div class="scroll" tabindex="0" role="region" aria-labelledby="table-{number}-caption">'
            f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
            + (f'<dl class="notes">{notes}</dl>' if notes else "")
            + "</figure>"
        )


@dataclass(frozen=True)
class Number:
    """A number and the ends of its interval as Python's own numbers."""

    value: float | int | None
    low: float | int | None
    high: float | int | None


@dataclass(frozen=True)
class _Scale:
    """What a column of numbers shares: its best value and the range that its intervals are drawn on."""

    numeric: bool
    best: float | None
    low: float
    high: float

    @staticmethod
    def of(column: Column, entries: "Sequence[str | Number]") -> "_Scale":
        cells = [entry for entry in entries if isinstance(entry, Number)]
        ends = _finite(end for cell in cells for end in (cell.value, cell.low, cell.high))
        return _Scale(bool(cells), best_value(column, entries), min(ends, default=0.0), max(ends, default=0.0))

    def percent(self, value: float) -> float:
        """Where a value lies between the ends of the column, in percent."""
        span = self.high - self.low
        return 100 * min(max((value - self.low) / span if span > 0 else 0.5, 0.0), 1.0)


def best_value(column: Column, entries: "Sequence[str | Number]") -> float | int | None:
    """The value of a column that is emphasised, or None."""
    choose = {"max": max, "min": min}.get(column.best)
    values = _finite(entry.value for entry in entries if isinstance(entry, Number))
    return choose(values) if choose and values else None


def _finite(values: Iterable[float | None]) -> list[float]:
    return [float(value) for value in values if value is not None and math.isfinite(value)]


def plain_entry(entry: Entry) -> "str | Number":
    """A word, or a number with its ends as Python's own numbers (they may come from numpy or JAX)."""
    if isinstance(entry, str):
        return entry
    cell = entry if isinstance(entry, Cell) else Cell(entry)
    return Number(*(python_number(part) for part in (cell.value, cell.low, cell.high)))


def _header(column: Column, scale: _Scale) -> str:
    unit = f' <span class="unit">{escape(column.unit)}</span>' if column.unit else ""
    kind = "number" if scale.numeric else "word"
    first = "descending" if column.best == "max" else "ascending"
    return (
        f'<th scope="col" class="{kind}" aria-sort="none" data-first="{first}">'
        f'<button type="button">{escape(column.title)}{unit}<span class="arrow" aria-hidden="true"></span>'
        "</button></th>"
    )


def _row(columns: Sequence[Column], scales: Sequence[_Scale], row: "Sequence[str | Number]") -> str:
    cells = [_cell(column, scale, entry) for column, scale, entry in zip(columns, scales, row, strict=True)]
    if isinstance(row[0], str):
        cells[0] = f'<th scope="row" data-value="{escape(row[0])}">{escape(row[0])}</th>'
    return f"<tr>{''.join(cells)}</tr>"


def _cell(column: Column, scale: _Scale, entry: "str | Number") -> str:
    if isinstance(entry, str):
        return f'<td data-value="{escape(entry)}">{escape(entry)}</td>'
    shown = number_text(entry.value, column.decimals)
    if entry.value is None or not math.isfinite(entry.value):
        return f'<td class="number" data-value="">{shown}</td>'
    best = scale.best is not None and entry.value == scale.best
    number = f'<strong title="best of this column">{shown}</strong>' if best else shown
    interval = _interval(column, scale, entry)
    return f'<td class="number" data-value="{float(entry.value)!r}">{number}{interval}</td>'


def _interval(column: Column, scale: _Scale, cell: Number) -> str:
    if cell.value is None or cell.low is None or cell.high is None:
        return ""
    ends = f"{number_text(cell.low, column.decimals)} to {number_text(cell.high, column.decimals)}"
    left, dot, right = (scale.percent(float(part)) for part in (cell.low, cell.value, cell.high))
    return (
        f'<span class="whisker" aria-hidden="true"><i style="left:{left:.1f}%;width:{right - left:.1f}%"></i>'
        f'<b style="left:{dot:.1f}%"></b></span><span class="interval">{ends}</span>'
    )
