"""Cards: number, interval, verdict, folded details."""

import jax.numpy as jnp

from wellposed.report import Card, Press, Text


def test_a_card_says_question_number_interval_and_verdict():
    card = Card("Robust?", jnp.asarray(1.75), "×", (1.5, 2.0), "It is *mostly*.", "worst over random", decimals=2)
    page = card.html(Press())
    for part in (
        "Robust?",
        "1.75",
        "×",
        "95 % interval 1.50 to 2.00",
        "<em>mostly</em>",
        "worst over random",
    ):
        assert part in page
    assert "<details>" not in page


def test_a_missing_answer_has_no_interval():
    page = Card("Expressive?", None, "", (float("nan"), float("nan")), "Not asked.").html(Press())
    assert "–" in page
    assert "interval" not in page


def test_details_are_folded():
    page = Card("Robust?", 1.0, "", None, "Yes.", details=[Text("By ascent.")]).html(Press())
    assert page.index("<details>") < page.index("By ascent.") < page.index("</details>")


def test_hostile_words_are_escaped():
    assert "<script" not in Card("<script>", 1.0, "<script>", None, "<script>", "<script>").html(Press())
