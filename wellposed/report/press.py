"""The press: what the pieces of one page share while it is set, and how their words and numbers look."""

import html
import math
import re
from typing import SupportsFloat

from wellposed.cite import Reference, bibliography

_INLINE = re.compile(
    r"`(?P<code>[^`]+)`|\*\*(?P<strong>.+?)\*\*|\*(?=\S)(?P<em>[^*]+?)(?<=\S)\*|\[@(?P<cite>[\w:.-]+)\]",
    re.DOTALL,
)
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


class Press:
    """Numbers the figures and tables of one page, and gathers what its text cites and its scripts."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self.references: dict[str, Reference] = {}
        self.scripts: list[str] = []

    def number(self, kind: str) -> int:
        """The next number of a kind: `Figure` 1, 2, ... and `Table` 1, 2, ...."""
        self._counts[kind] = self._counts.get(kind, 0) + 1
        return self._counts[kind]

    def script(self, source: str) -> None:
        """Have the page carry a script, once, that runs after its body is there; it may load nothing."""
        if source not in self.scripts:
            self.scripts.append(source)

    def cite(self, key: str) -> str:
        """A link to the page's own reference list.

        Raises:
            ValueError: the bibliography has no such key.
        """
        if key not in bibliography():
            raise ValueError(f"Page expects keys of references.bib, found [@{key}]: add the entry")
        self.references[key] = bibliography()[key]
        return f'<a class="cite" href="#ref-{escape(key)}">{escape(bibliography()[key].short)}</a>'

    def inline(self, text: str) -> str:
        """Escaped text with `code`, *emphasis*, **strong** and citations."""
        return _INLINE.sub(self._inline_mark, escape(text))

    def block(self, text: str) -> str:
        """Escaped paragraphs (a blank line parts them) and lists (lines that begin with `- `)."""
        return "\n".join(self._paragraph(part) for part in re.split(r"\n\s*\n", text.strip()) if part.strip())

    def caption(self, kind: str, number: int, text: str) -> str:
        """The line under a figure or over a table: `Figure 3. ...`."""
        return f'<span class="label">{kind} {number}.</span> {self.inline(text)}'

    def _paragraph(self, text: str) -> str:
        lines = [line.strip() for line in text.strip().splitlines()]
        if lines[0].startswith("- "):
            points = re.split(r"\n- ", "\n" + "\n".join(lines))[1:]
            return "<ul>" + "".join(f"<li>{self.inline(' '.join(point.split()))}</li>" for point in points) + "</ul>"
        return f"<p>{self.inline(' '.join(lines))}</p>"

    def _inline_mark(self, match: re.Match[str]) -> str:
        if match["cite"]:
            return self.cite(match["cite"])
        tag = match.lastgroup or "em"
        return f"<{tag}>{match[tag]}</{tag}>"


def escape(text: object) -> str:
    """Text that is safe inside HTML elements and quoted attributes.

    Example:
        >>> escape('<script>"a" & b')
        '&lt;script&gt;&quot;a&quot; &amp; b'
    """
    return html.escape(str(text), quote=True)


def python_number(value: SupportsFloat | None) -> float | int | None:
    """A number from numpy or JAX as one of Python's own; integers stay integers.

    Example:
        >>> import numpy as np
        >>> python_number(np.float32(0.5)), python_number(3)
        (0.5, 3)
    """
    return value if value is None or isinstance(value, int) else float(value)


def number_text(value: SupportsFloat | None, decimals: int | None = None) -> str:
    """A number as a page shows it: true minus sign, thin spaces in long ones, powers of ten at the extremes.

    Args:
        value: the number; None and nan are a dash.
        decimals: digits after the point; None keeps three significant digits.

    Example:
        >>> [number_text(v) for v in (27.834, -0.00123, 640, None, float("inf"))]
        ['27.8', '−0.00123', '640', '–', '∞']
        >>> number_text(3.2e-7).split()
        ['3.20', '×', '10⁻⁷']
        >>> number_text(27.834, decimals=2)
        '27.83'
    """
    value = python_number(value)
    if value is None:
        return "–"
    if isinstance(value, int):
        return f"{value:,}".replace(",", "\u202f").replace("-", "−")
    if not math.isfinite(value):
        return "–" if math.isnan(value) else ("∞" if value > 0 else "−∞")
    if decimals is not None:
        return f"{value:.{decimals}f}".replace("-", "−")
    return _significant(value).replace("-", "−")


def _significant(value: float) -> str:
    if value != 0 and not 1e-3 <= abs(value) < 1e6:
        mantissa, exponent = f"{value:.2e}".split("e")
        return f"{mantissa}\u202f×\u202f10{str(int(exponent)).translate(_SUPERSCRIPT)}"
    return f"{value:#.3g}".rstrip(".") if abs(value) < 999.5 else f"{value:,.0f}".replace(",", "\u202f")
