"""A page's numbers in a terminal."""

import io

from rich.console import Console

from wellposed.report import Card, Cell, Column, Headline, Page, Section, Table, print_page


def test_headlines_and_tables_are_printed_and_hostile_markup_is_not_obeyed():
    table = Table(
        ("Method", Column("PSNR", "dB", best="max")), [("[red]FBP", Cell(20.0, 19, 21)), ("TV", None)], "Two."
    )
    page = Page(
        "Title",
        "Lead",
        [Section("S", items=[table, Card("?", 1.0, "", None, "Yes.")])],
        [Headline("best", 2.5, "dB")],
    )
    stream = io.StringIO()
    print_page(page, Console(file=stream, width=80))
    text = stream.getvalue()
    for part in ("Title", "best: 2.50 dB", "Two.", "PSNR (dB)", "[red]FBP", "20.0", "–"):
        assert part in text
