"""The section of a page that holds the six answers about some maps."""

import math
from collections.abc import Mapping
from typing import Any

from wellposed.audit import Answer
from wellposed.report import Card, Cell, Column, Picture, Section, Table, Text

Answers = Mapping[str, Mapping[str, Answer]]
_HOLDS = {True: "yes", False: "no", None: "not asked"}


def six_questions(answers: Answers, main: str, figures: Mapping[str, Any], text: str) -> Section:
    """Six cards about one map, with all others folded inside.

    Args:
        answers: map -> question -> answer.
        main: the map whose numbers stand on the cards.
        figures: question -> figure of all maps, as `audit.draw` or `audit.dynamical.draw` makes them.
        text: above the cards.
    """
    return Section("Six questions", text, [_card(answers, main, question, figures[question]) for question in figures])


def _card(answers: Answers, main: str, question: str, figure: Any) -> Card:
    answer = answers[main][question]
    known = math.isfinite(answer.low) and math.isfinite(answer.high)
    rows = []
    for name, of in answers.items():
        one = of[question]
        rows.append((name, Cell(one.number, one.low, one.high), _HOLDS[one.holds], one.verdict))
    columns = ("Map", Column("Number", answer.unit), "Answer", "In words")
    return Card(
        answer.question,
        answer.number,
        "",
        (answer.low, answer.high) if known else None,
        answer.verdict,
        answer.unit,
        details=[
            Text(f"**Definition.** {answer.definition}"),
            Table(columns, rows, answer.question),
            Picture(figure, f"{answer.question} All maps.", f"{answer.question} One mark or curve for each map."),
        ],
    )
