"""The six questions of the audit on a page: one map, a card for each."""

import math
from collections.abc import Mapping
from typing import Any

from wellposed.audit import Answer
from wellposed.audit.dynamical import draw
from wellposed.report import Card, Item, Picture, Section, Text


def six_cards(name: str, answers: Mapping[str, Answer]) -> Section:
    """A section with the answers about one dynamical map.

    Args:
        name: of the map.
        answers: question -> answer; none where the map could not be asked.
    """
    if not answers:
        return Section("Six questions", f"Not asked: the {name}'s trajectories run away to infinity.")
    figures = draw({name: dict(answers)})
    cards: list[Item] = [_card(answers[question], figure) for question, figure in figures.items()]
    text = f"Asked of the {name} as a map from a state to the trajectory after it; open a card for the definition."
    return Section("Six questions", text, cards)


def _card(answer: Answer, figure: Any) -> Card:
    known = math.isfinite(answer.low) and math.isfinite(answer.high)
    return Card(
        answer.question,
        answer.number,
        "",
        (answer.low, answer.high) if known else None,
        answer.verdict,
        answer.unit,
        [
            Text(f"**Definition.** {answer.definition}"),
            Picture(figure, f"{answer.question} {answer.verdict}", f"{answer.question} {answer.verdict}"),
        ],
    )
