"""Paragraphs."""

from wellposed.report import Press, Text


def test_paragraphs_are_set_by_the_press():
    assert Text("One *word*.\n\nTwo.").html(Press()) == "<p>One <em>word</em>.</p>\n<p>Two.</p>"
