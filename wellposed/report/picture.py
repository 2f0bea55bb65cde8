"""Matplotlib figures on a page: one SVG each, sharp at any size, that follows dark mode by itself."""

import base64
import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wellposed.report.item import Item
from wellposed.report.press import Press, escape
from wellposed.report.style import INK, THEME_PAIRS, style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_FONTS = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'Liberation Sans', Arial, sans-serif"
_FONT_LIST = re.compile(r"'DejaVu Sans'(?:, ?(?:'[^']*'|[\w-]+))*")


@dataclass(frozen=True)
class Picture(Item):
    """A drawing with its caption.

    The figure becomes one SVG: text and lines follow the reader's light or dark mode, images keep their own
    pixels, and nothing is drawn twice.

    Args:
        figure: a matplotlib figure, or better a function without arguments that draws one: it is called in
            the library's style.
        caption: what one sees, for a reader outside the project.
        alt: what the picture says, in words, for those who cannot see it.

    Example:
        >>> from wellposed.report import curves
        >>> loss = {"loss": ([0, 1, 2], [1.0, 0.3, 0.1])}
        >>> picture = Picture(lambda: curves(loss, "step", "loss"), "Training.", "It falls.")
        >>> "data:image/svg+xml;base64," in picture.html(Press())
        True
    """

    figure: "Figure | Callable[[], Figure]"
    caption: str
    alt: str

    def html(self, press: Press) -> str:
        """The figure with its number and caption as HTML."""
        number = press.number("Figure")
        return (
            f'<figure class="picture" id="figure-{number}"><div class="scroll" tabindex="0" role="region" '
            f'aria-label="Figure {number}">{embed(self.figure, self.alt)}</div>'
            f"<figcaption>{press.caption('Figure', number, self.caption)}</figcaption></figure>"
        )


def embed(figure: "Figure | Callable[[], Figure]", alt: str) -> str:
    """A figure as an `<img>` that needs no other file."""
    svg, width, height = themed_svg(figure)
    data = base64.b64encode(svg.encode()).decode()
    return (
        f'<img src="data:image/svg+xml;base64,{data}" width="{width}" height="{height}" '
        f'style="--natural:{width}px" alt="{escape(alt)}">'
    )


def themed_svg(figure: "Figure | Callable[[], Figure]") -> tuple[str, int, int]:
    """A figure as SVG source that follows light and dark mode, with its width and height in CSS pixels."""
    with style():
        drawn: Figure = figure() if callable(figure) else figure
        stream = io.StringIO()
        drawn.savefig(stream, format="svg", metadata={"Date": None, "Creator": None})
    width, height = (round(96 * inches) for inches in drawn.get_size_inches())
    return _follow_theme(stream.getvalue()), width, height


def _follow_theme(svg: str) -> str:
    """Swaps the palette's colours for variables that dark mode redefines, and the font for the reader's."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = _FONT_LIST.sub(_FONTS, svg)
    for light, _ in THEME_PAIRS:
        svg = svg.replace(light, f"var(--{light[1:]}, {light})")
    return svg.replace("<defs>", f"{_theme_rules()}<defs>", 1)


def _theme_rules() -> str:
    dark = "".join(f"--{light[1:]}:{dark};" for light, dark in THEME_PAIRS)
    return (
        f"<style>text{{fill:{INK[0]};font-family:{_FONTS}}}"
        f"@media (prefers-color-scheme:dark){{svg{{{dark}}}text{{fill:{INK[1]}}}}}</style>"
    )
