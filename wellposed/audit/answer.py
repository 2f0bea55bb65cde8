"""What a question hands back: a number with its interval, a sentence, and what there is to draw."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, SupportsFloat

import numpy as np


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The answer to one question about one map.

    Args:
        question: as a reader would ask it.
        definition: what the number is, as an equation in words.
        number: the answer.
        unit: of the number, the interval and the samples.
        low: lower end of the 95 % interval; nan where one sample allows none.
        high: upper end of it.
        samples: one number per picture.
        verdict: a sentence for a reader who is no expert, made from the numbers.
        holds: whether the answer is yes; None where the question could not be asked.
        details: further numbers, with their unit in the name.
        curves: arrays for drawing.

    Example:
        >>> answer = Answer(question="Is it?", definition="1 + 1", number=2.0, unit="pieces", low=math.nan,
        ...                 high=math.nan, samples=np.array([2.0]), verdict="It is.", holds=True)
        >>> answer.to_json()["number"], answer.to_json()["low"]
        (2.0, None)
    """

    question: str
    definition: str
    number: float
    unit: str
    low: float
    high: float
    samples: np.ndarray
    verdict: str
    holds: bool | None
    details: Mapping[str, float] = field(default_factory=dict)
    curves: Mapping[str, np.ndarray] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Plain numbers and sentences, without the arrays for drawing; nan and infinity become None."""
        return {
            "question": self.question,
            "definition": self.definition,
            "number": _plain(self.number),
            "unit": self.unit,
            "low": _plain(self.low),
            "high": _plain(self.high),
            "samples": [_plain(v) for v in self.samples],
            "verdict": self.verdict,
            "holds": self.holds,
            "details": {name: _plain(v) for name, v in self.details.items()},
        }


def _plain(value: SupportsFloat) -> float | None:
    return float(value) if math.isfinite(value) else None
