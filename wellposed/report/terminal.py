"""The numbers of a page in a terminal: its headlines, and the tables of its sections."""

from typing import TYPE_CHECKING

from wellposed.report.page import Page
from wellposed.report.press import number_text
from wellposed.report.table import Column, Entry, Table, best_value, plain_entry

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text


def print_page(page: Page, console: "Console | None" = None) -> None:
    """Print a page's headline numbers and its sections' tables (those folded into cards stay in the page).

    Args:
        page: the page.
        console: where to print; None is the standard output.

    Example:
        >>> from wellposed.report import Column, Section
        >>> table = Table(("Method", Column("PSNR", "dB", best="max")), [("Tikhonov", 24.3)], "One method.")
        >>> page = Page("Title", "Lead.", [Section("Results", items=[table])])
        >>> print_page(page)  # doctest: +NORMALIZE_WHITESPACE
        Title
        <BLANKLINE>
        One method.
         Method     PSNR (dB)
        ──────────────────────
         Tikhonov        24.3
    """
    from rich.console import Console

    console = console or Console(highlight=False)
    console.print(page.title, style="bold", markup=False)
    for headline in page.summary:
        words = f"  {headline.label}: {number_text(headline.value, headline.decimals)} {headline.unit}".rstrip()
        console.print(words, markup=False)
    for section in page.sections:
        for item in section.items:
            if isinstance(item, Table):
                console.print()
                _print_table(item, console)


def _print_table(table: Table, console: "Console") -> None:
    from rich import box
    from rich.table import Table as RichTable

    columns = [column if isinstance(column, Column) else Column(column) for column in table.columns]
    drawn = RichTable(box=box.SIMPLE_HEAD, show_edge=False)
    bests = []
    for place, column in enumerate(columns):
        entries = [plain_entry(row[place]) for row in table.rows]
        numbers = any(not isinstance(entry, str) for entry in entries)
        unit = f" ({column.unit})" if column.unit else ""
        drawn.add_column(column.title + unit, justify="right" if numbers else "left")
        bests.append(best_value(column, entries))
    for row in table.rows:
        drawn.add_row(*(_words(c, b, entry) for c, b, entry in zip(columns, bests, row, strict=True)))
    console.print(table.caption, markup=False)
    console.print(drawn)


def _words(column: Column, best: float | None, entry: Entry) -> "Text":
    from rich.text import Text

    plain = plain_entry(entry)
    if isinstance(plain, str):
        return Text(plain)
    return Text(
        number_text(plain.value, column.decimals),
        style="bold" if best is not None and plain.value == best else "",
    )
