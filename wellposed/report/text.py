"""Paragraphs between tables and pictures."""

from dataclasses import dataclass

from wellposed.report.item import Item
from wellposed.report.press import Press


@dataclass(frozen=True)
class Text(Item):
    """Paragraphs: a blank line parts them, lines that begin with `- ` are a list.

    Inside a line, backticks set code, `*one*` and `**two**` stars set emphasis, and a key in brackets cites
    an entry of the bibliography, which the page lists at its end. All else, HTML too, is shown as it is.

    Example:
        >>> Text("Noise is *5 %* of the data [@boink2019].").html(Press())  # doctest: +ELLIPSIS
        '<p>Noise is <em>5 %</em> of the data <a ... href="#ref-boink2019">Boink &amp; Brune 2019</a>.</p>'
    """

    body: str

    def html(self, press: Press) -> str:
        """The paragraphs as HTML."""
        return press.block(self.body)
