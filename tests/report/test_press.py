"""Escaping, inline marks, citations and numbers."""

import jax.numpy as jnp
import numpy as np
import pytest

from wellposed.report.press import Press, escape, number_text, python_number

HOSTILE = "<img src=x onerror=alert(1)>\"'&"


def test_hostile_text_is_escaped_in_elements_and_attributes():
    for text in (escape(HOSTILE), Press().inline(HOSTILE), Press().block(HOSTILE)):
        assert "<img" not in text
        assert '"' not in text


def test_marks_cannot_smuggle_tags():
    assert Press().inline("`<b>` *<i>x</i>*") == "<code>&lt;b&gt;</code> <em>&lt;i&gt;x&lt;/i&gt;</em>"


def test_a_lone_star_or_backtick_stays():
    assert Press().inline("2 * 3 * 4 ` x") == "2 * 3 * 4 ` x"


def test_blocks_part_paragraphs_and_lists():
    text = Press().block("one\ntwo\n\n- a\n- b\n  goes on\n\nthree")
    assert text.split("\n") == ["<p>one two</p>", "<ul><li>a</li><li>b goes on</li></ul>", "<p>three</p>"]


def test_citations_are_gathered_once_and_linked():
    press = Press()
    text = press.inline("[@boink2019] and [@golub1979] and [@boink2019]")
    assert list(press.references) == ["boink2019", "golub1979"]
    assert text.count('href="#ref-boink2019"') == 2


def test_an_unknown_key_is_a_programming_error():
    with pytest.raises(ValueError, match=r"Page expects keys of references.bib, found \[@nobody1900\]"):
        Press().inline("[@nobody1900]")


def test_numbers_count_by_kind():
    press = Press()
    assert [press.number(kind) for kind in ("Figure", "Table", "Figure")] == [1, 1, 2]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0.00"),
        (-1.5, "−1.50"),
        (99.96, "100"),
        (999.7, "1\u202f000"),
        (123456.7, "123\u202f457"),
        (1e6, "1.00\u202f×\u202f10⁶"),
        (-9.999e-4, "−1.00\u202f×\u202f10⁻³"),
        (1e-3, "0.00100"),
        (12, "12"),
        (-1234567, "−1\u202f234\u202f567"),
        (float("nan"), "–"),
        (float("-inf"), "−∞"),
        (np.float32(0.5), "0.500"),
        (jnp.asarray(0.25), "0.250"),
    ],
)
def test_numbers_look_the_same_wherever_they_come_from(value, text):
    assert number_text(value) == text


def test_decimals_are_kept():
    assert number_text(24.0, decimals=2) == "24.00"


def test_python_numbers_keep_integers():
    assert isinstance(python_number(3), int)
    assert isinstance(python_number(np.float32(3)), float)
