"""Tables: values for sorting, best values, intervals, escaping."""

import re

import numpy as np
import pytest

from wellposed.report import Cell, Column, Press, Table

COLUMNS = ("Method", Column("PSNR", "dB", best="max", decimals=1), Column("time", "ms", best="min"))
ROWS = [("FBP", Cell(20.0, 19.0, 21.0), 0.5), ("TV", np.float32(25.0), None), ("<b>", 23.04, 3)]


def html(rows=ROWS, columns=COLUMNS):
    return Table(columns, rows, "Three methods.").html(Press())


def test_the_best_of_each_column_and_no_other_is_emphasised():
    assert re.findall(r"<strong[^>]*>([^<]+)</strong>", html()) == ["0.500", "25.0"]


def test_cells_carry_their_exact_value_for_sorting():
    assert re.findall(r'<td class="number" data-value="([^"]*)"', html()) == [
        "20.0",
        "0.5",
        "25.0",
        "",
        "23.04",
        "3.0",
    ]


def test_headers_can_be_clicked_and_say_their_first_order():
    heads = re.findall(r'<th scope="col" class="(\w+)" aria-sort="none" data-first="(\w+)"><button', html())
    assert heads == [("word", "ascending"), ("number", "descending"), ("number", "ascending")]


def test_intervals_are_written_and_drawn_on_the_scale_of_the_column():
    assert "19.0 to 21.0" in html()
    assert 'style="left:0.0%;width:33.3%"' in html()  # the column spans 19 to 25


def test_hostile_names_are_escaped():
    assert "<b>" not in html([("<b>", "<b>", "<b>")])


def test_nan_is_a_dash_that_sorts_last_and_is_never_best():
    page = html([("a", float("nan"), 1.0), ("b", 2.0, 2.0)])
    assert 'data-value="">–</td>' in page
    assert re.findall(r"<strong[^>]*>([^<]+)</strong>", page) == ["1.00", "2.0"]


def test_equal_values_share_the_emphasis():
    assert html([("a", 2.0, None), ("b", 2.0, None)]).count("<strong") == 2


def test_a_constant_column_has_its_whiskers_in_the_middle():
    assert "left:50.0%" in html([("a", Cell(2.0, 2.0, 2.0), None)])


def test_a_short_row_is_refused():
    with pytest.raises(ValueError, match=r"Table expects 3 entries in each row, found 2 in 'FBP'"):
        html([("FBP", 1.0)])


def test_the_meaning_of_columns_stands_below():
    page = html(columns=("Method", Column("PSNR", help="higher is *better*"), "time"))
    assert "<dt>PSNR</dt><dd>higher is <em>better</em></dd>" in page
