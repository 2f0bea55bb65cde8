"""The section of a page that holds the six answers about some maps."""

import math
from collections.abc import Callable, Mapping
from typing import Any

from wellposed.audit import Answer
from wellposed.report import Card, Cell, Column, Item, Picture, Section, Table, Text

Answers = Mapping[str, Mapping[str, Answer]]
_HOLDS = {True: "yes", False: "no", None: "not asked"}


def six_questions(answers: Answers, main: str, text: str, draw: Callable[[Any], Mapping[str, Any]]) -> Section:
    """Six cards about one map, with all others folded inside.

    Args:
        answers: map -> question -> answer; none where no map could be asked.
        main: the map whose numbers stand on the cards.
        text: above the cards.
        draw: `audit.draw` or `audit.dynamical.draw`.
    """
    if not answers:
        return Section("Six questions", text)
    figures = draw({name: dict(of) for name, of in answers.items()})
    return Section("Six questions", text, [_card(answers, main, question, figures[question]) for question in figures])


def six_of(name: str, answers: Mapping[str, Answer]) -> Section:
    """The section about a single dynamical map.

    Args:
        name: of the map.
        answers: question -> answer; none where the map could not be asked.
    """
    from wellposed.audit.dynamical import draw

    if not answers:
        return six_questions({}, name, f"Not asked: the {name}'s trajectories run away to infinity.", draw)
    text = f"Asked of the {name} as a map from a state to the trajectory after it; open a card for the definition."
    return six_questions({name: answers}, name, text, draw)


def _card(answers: Answers, main: str, question: str, figure: Any) -> Card:
    answer = answers[main][question]
    known = math.isfinite(answer.low) and math.isfinite(answer.high)
    others: list[Item] = [_table(answers, question)] if len(answers) > 1 else []
    return Card(
        answer.question,
        answer.number,
        "",
        (answer.low, answer.high) if known else None,
        answer.verdict,
        answer.unit,
        details=[
            Text(f"**Definition.** {answer.definition}"),
            *others,
            Picture(figure, f"{answer.question} All maps.", f"{answer.question} One mark or curve for each map."),
        ],
    )


def _table(answers: Answers, question: str) -> Table:
    """One question, asked of every map."""
    of = {name: answer[question] for name, answer in answers.items()}
    first = next(iter(of.values()))
    rows = [(name, Cell(a.number, a.low, a.high), _HOLDS[a.holds], a.verdict) for name, a in of.items()]
    columns = ("Map", Column("Number", first.unit), "Answer", "In words")
    return Table(columns, rows, f"{first.question} {first.definition}")
