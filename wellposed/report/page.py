"""The page of a run: one HTML file that needs no network, no server and no other file."""

import base64
import hashlib
import html
import itertools
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, SupportsFloat

from wellposed.io import atomic_write
from wellposed.report.card import Card
from wellposed.report.item import Item
from wellposed.report.press import Press, escape, number_text

_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Headline:
    """One of the few numbers at the top of a page.

    Args:
        label: what the number is, in a few words.
        value: the number.
        unit: its unit, or empty.
        note: one line below, such as what it is compared with.
        decimals: digits after the point; None keeps three significant digits.
    """

    label: str
    value: SupportsFloat | None
    unit: str = ""
    note: str = ""
    decimals: int | None = None


@dataclass(frozen=True)
class Section:
    """A part of the page with a heading that the table of contents lists.

    Args:
        title: the heading.
        text: what the reader should know first, as in `Text`.
        items: tables, pictures, galleries, cards and text, in their order.
    """

    title: str
    text: str = ""
    items: Sequence[Item] = ()


@dataclass(frozen=True)
class Page:
    """A report.

    Args:
        title: of the page.
        lead: what was done and found, in a few sentences, as in `Text`.
        sections: the parts, in their order.
        summary: the few numbers that a reader in a hurry takes away.
        footer: what the run was: name -> value, or name -> mapping (folded), such as settings and versions.

    Example:
        >>> page = Page("Two pictures", "A *small* example.", [Section("Results", "It works.")])
        >>> "<h2>" in page.html() and "http://" not in page.html()
        True
    """

    title: str
    lead: str
    sections: Sequence[Section]
    summary: Sequence[Headline] = ()
    footer: Mapping[str, Any] = field(default_factory=dict)

    def html(self) -> str:
        """The whole page as HTML."""
        press = Press()
        names = _anchors(section.title for section in self.sections)
        body = "\n".join(_section(press, name, part) for name, part in zip(names, self.sections, strict=True))
        lead, references = press.block(self.lead), _references(press)
        scripts = [_asset("page.js"), *press.scripts]
        links = [*zip(names, (section.title for section in self.sections), strict=True)]
        links += [("references", "References")] if references else []
        return (
            _HERE.joinpath("page.html")
            .read_text(encoding="utf-8")
            .format(
                title=escape(self.title),
                policy=_policy(scripts),
                css=_asset("page.css"),
                scripts="\n".join(f"<script>{script}</script>" for script in scripts),
                lead=lead,
                summary=_summary(press, self.summary),
                contents="".join(f'<li><a href="#{name}">{escape(title)}</a></li>' for name, title in links),
                body=body,
                references=references,
                footer=_footer(self.footer),
            )
        )


def write_page(page: Page, path: str | os.PathLike[str]) -> None:
    """Write a page as one HTML file, in full or not at all.

    Args:
        page: the page.
        path: where the file shall lie.

    Raises:
        InputError: the folder cannot be written to.
        ValueError: a text cites a key that the bibliography lacks.

    Example:
        >>> import tempfile, pathlib
        >>> path = pathlib.Path(tempfile.mkdtemp()) / "report.html"
        >>> write_page(Page("Title", "Lead.", []), path)
        >>> path.read_text().startswith("<!doctype html>")
        True
    """
    text = page.html()
    with atomic_write(path) as part:
        part.write_text(text, encoding="utf-8")


def _section(press: Press, name: str, section: Section) -> str:
    groups = itertools.groupby(section.items, key=lambda item: isinstance(item, Card))
    items = [_group(press, cards, list(group)) for cards, group in groups]
    return (
        f'<section id="{name}"><h2>{escape(section.title)}</h2>\n{press.block(section.text)}\n'
        + "\n".join(items)
        + "</section>"
    )


def _group(press: Press, cards: bool, items: Sequence[Item]) -> str:
    inside = "\n".join(item.html(press) for item in items)
    return f'<div class="cards">{inside}</div>' if cards else inside


def _anchors(titles: Iterable[str]) -> list[str]:
    """A link target for each title: words joined by hyphens, numbered where two are the same."""
    seen: dict[str, int] = {}
    anchors = []
    for title in titles:
        name = "s-" + "-".join(re.findall(r"\w+", title.lower()))
        seen[name] = seen.get(name, 0) + 1
        anchors.append(name if seen[name] == 1 else f"{name}-{seen[name]}")
    return anchors


def _summary(press: Press, headlines: Sequence[Headline]) -> str:
    if not headlines:
        return ""
    return f'<dl class="summary">{"".join(_headline(press, headline) for headline in headlines)}</dl>'


def _headline(press: Press, headline: Headline) -> str:
    unit = f' <span class="unit">{escape(headline.unit)}</span>' if headline.unit else ""
    note = f'<dd class="note">{press.inline(headline.note)}</dd>' if headline.note else ""
    number = f'<span class="number">{number_text(headline.value, headline.decimals)}</span>'
    return f"<div><dt>{escape(headline.label)}</dt><dd>{number}{unit}</dd>{note}</div>"


def _references(press: Press) -> str:
    if not press.references:
        return ""
    lines = "".join(
        f'<li id="ref-{escape(key)}">{escape(reference.line)}'
        + (f' <a href="{escape(reference.url)}" rel="noreferrer">{escape(reference.url)}</a>' if reference.url else "")
        + "</li>"
        for key, reference in sorted(press.references.items(), key=lambda pair: pair[1].line)
    )
    return f'<section id="references"><h2>References</h2><ul class="references">{lines}</ul></section>'


def _footer(entries: Mapping[str, Any]) -> str:
    plain = {name: value for name, value in entries.items() if not isinstance(value, Mapping)}
    folded = {name: value for name, value in entries.items() if isinstance(value, Mapping)}
    details = (f"<details><summary>{escape(name)}</summary>{_pairs(value)}</details>" for name, value in folded.items())
    return (_pairs(plain) if plain else "") + "".join(details)


def _pairs(entries: Mapping[str, Any]) -> str:
    pairs = (f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in entries.items())
    return f"<dl>{''.join(pairs)}</dl>"


def _asset(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8").strip()


def _policy(scripts: Sequence[str]) -> str:
    """What the page may load: nothing from outside, and no scripts but its own."""
    hashes = (base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts)
    allowed = " ".join(f"'sha256-{digest}'" for digest in hashes)
    rules = f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src {allowed}"
    return html.escape(f"{rules}; base-uri 'none'; form-action 'none'", quote=True)
