"""Cards: a question, the number that answers it, and one sentence that says what the number means."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import SupportsFloat

from wellposed.report.item import Item
from wellposed.report.press import Press, escape, number_text


@dataclass(frozen=True)
class Card(Item):
    """One answer; cards that follow one another stand side by side.

    Args:
        question: as a reader would ask it, `Robust?`.
        value: the number; None where there is no answer.
        unit: of the number, or empty.
        interval: (low, high) in the same unit; None or nan where there is none.
        verdict: one sentence: what the number means.
        quantity: what the number is, in a few words.
        details: tables, pictures and text, folded until the reader opens them.
        decimals: digits after the point; None keeps three significant digits.

    Example:
        >>> card = Card("Robust?", 1.8, "×", (1.6, 2.1), "The worst noise harms 1.8 times as much.")
        >>> "1.60 to 2.10" in card.html(Press())
        True
    """

    question: str
    value: SupportsFloat | None
    unit: str
    interval: tuple[SupportsFloat, SupportsFloat] | None
    verdict: str
    quantity: str = ""
    details: Sequence[Item] = ()
    decimals: int | None = None

    def html(self, press: Press) -> str:
        """The card as HTML."""
        number = number_text(self.value, self.decimals)
        unit = f' <span class="unit">{escape(self.unit)}</span>' if self.unit else ""
        quantity = f'<p class="quantity">{press.inline(self.quantity)}</p>' if self.quantity else ""
        return (
            f'<article class="card"><h3>{escape(self.question)}</h3>'
            f'<p class="value">{number}{unit}</p>{self._interval()}{quantity}'
            f'<p class="verdict">{press.inline(self.verdict)}</p>{self._details(press)}</article>'
        )

    def _interval(self) -> str:
        if self.interval is None or any(math.isnan(float(end)) for end in self.interval):
            return ""
        low, high = (number_text(end, self.decimals) for end in self.interval)
        return f'<p class="interval">95 % interval {low} to {high}</p>'

    def _details(self, press: Press) -> str:
        if not self.details:
            return ""
        inside = "\n".join(item.html(press) for item in self.details)
        return f"<details><summary>How it was measured</summary>{inside}</details>"
