"""The bibliography: which papers the library, a recipe or a method rests on.

A docstring names a paper by its key, in brackets behind an at sign; the keys are entries of one BibTeX file.
What a recipe or a method rests on is read from source text (its docstrings, and those of all that it uses):
nothing heavy is imported.
"""

import ast
import functools
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from wellposed.errors import InputError

_PACKAGE = Path(__file__).parent
_CITATION = re.compile(r"\[@([\w:.-]+)\]")
_ENTRY = re.compile(r"^@(\w+)\{\s*([^,\s]+)\s*,(.*?)^\}", re.MULTILINE | re.DOTALL)
_FIELD = re.compile(r"^\s*(\w+)\s*=\s*\{(.*?)\},?\s*$", re.MULTILINE)
_PLACES = ("journal", "booktitle", "publisher", "school", "note")
_ACCENTS = {
    '"': "\u0308",
    "'": "\u0301",
    "`": "\u0300",
    "^": "\u0302",
    "~": "\u0303",
    "c": "\u0327",
    "v": "\u030c",
}


@dataclass(frozen=True)
class Reference:
    """One entry of the bibliography: its key, its fields as plain text, and its BibTeX source."""

    key: str
    fields: Mapping[str, str]
    bibtex: str

    @property
    def short(self) -> str:
        """Names and year, as a text cites it: `Boink & Brune 2019`."""
        names = [name.split(",")[0].strip() for name in self.fields["author"].split(" and ")]
        shown = names[0] + " et al." if len(names) > 2 else " & ".join(names)
        return f"{shown} {self.fields['year']}"

    @property
    def line(self) -> str:
        """The entry as one line of a reference list."""
        names = self.fields["author"].replace(" and ", "; ")
        place = next((self.fields[k] for k in _PLACES if k in self.fields), "")
        where = f"{place} {self.fields.get('volume', '')}".strip()
        return f"{names} ({self.fields['year']}). {self.fields['title']}." + (f" {where}." if where else "")

    @property
    def url(self) -> str:
        """Where the paper is found, or an empty text."""
        if "doi" in self.fields:
            return f"https://doi.org/{self.fields['doi']}"
        if "eprint" in self.fields:
            return f"https://arxiv.org/abs/{self.fields['eprint']}"
        return self.fields.get("url", "")


@functools.cache
def bibliography() -> Mapping[str, Reference]:
    """All references by key, in the order of the BibTeX file.

    Example:
        >>> bibliography()["boink2019"].short
        'Boink & Brune 2019'
    """
    entries = _ENTRY.finditer(_bibtex_file().read_text(encoding="utf-8"))
    return MappingProxyType({match[2]: Reference(match[2], _fields(match[3]), match[0]) for match in entries})


def cited_keys(text: str) -> tuple[str, ...]:
    """The keys that a text cites, each once, in their order.

    Example:
        >>> cited_keys("As in [@boink2019], with the rule of [@golub1979] and [@boink2019].")
        ('boink2019', 'golub1979')
    """
    return tuple(dict.fromkeys(_CITATION.findall(text)))


def rests_on(name: str) -> tuple[Reference, ...]:
    """What a public name of the library rests on: its own references and those of all that it uses.

    Args:
        name: a public name, alone (`TotalVariation`) or with its room (`inverse.TotalVariation`).

    Raises:
        InputError: the library has no such name.
    """
    room, _, last = name.removeprefix("wellposed.").rpartition(".")
    files = [path for (where, public), path in _public_names().items() if public == last and room in ("", where)]
    if not files:
        raise InputError(
            f"{name}: expected a recipe or a public name of the library, found neither: "
            "`wellposed list` shows the recipes, and the packages show their names"
        )
    return references_of(*files)


def references_of(*files: Path) -> tuple[Reference, ...]:
    """What source files rest on, following what they use of the library, in the order of the bibliography.

    Raises:
        ValueError: a docstring cites a key that the bibliography lacks.
    """
    seen: set[Path] = set()
    waiting = list(files)
    keys: set[str] = set()
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        tree = ast.parse(path.read_text(encoding="utf-8"))
        keys.update(docstring_keys(tree))
        waiting.extend(_used_files(tree, path))
    unknown = keys - set(bibliography())
    if unknown:
        raise ValueError(f"references.bib expects every cited key, found none for {sorted(unknown)}: add them")
    return tuple(reference for key, reference in bibliography().items() if key in keys)


def docstring_keys(tree: ast.Module) -> Iterator[str]:
    """The keys in the docstrings of a module, those below fields included, those in examples not."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            text = str(node.value.value)
            yield from cited_keys("\n".join(line for line in text.splitlines() if ">>>" not in line))


def _bibtex_file() -> Path:
    """The one file: a wheel carries it in the package, a clone in its docs."""
    shipped = _PACKAGE / "references.bib"
    return shipped if shipped.exists() else _PACKAGE.parent / "docs" / "references.bib"


def _fields(body: str) -> Mapping[str, str]:
    return MappingProxyType({name.lower(): _plain(value) for name, value in _FIELD.findall(body)})


def _plain(value: str) -> str:
    """BibTeX's spelling as plain text: accents composed, braces and escapes gone."""
    value = re.sub(r"""\\(["'`^~cv])\s*\{?\\?(\w)\}?""", lambda m: m[2] + _ACCENTS[m[1]], value)
    value = value.replace(r"\AA", "Å").replace(r"\ss", "ß").replace("--", "–").replace(r"\&", "&")
    return unicodedata.normalize("NFC", re.sub(r"[{}]", "", value))


@functools.cache
def _public_names() -> Mapping[tuple[str, str], Path]:
    """(room, public name) -> the file that defines it, from the rooms' stubs."""
    names: dict[tuple[str, str], Path] = {}
    for stub in sorted(_PACKAGE.glob("*/__init__.pyi")):
        for node in ast.walk(ast.parse(stub.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                path = stub.parent / (node.module.replace(".", "/") + ".py")
                names |= {(stub.parent.name, alias.asname or alias.name): path for alias in node.names}
    return names


def _used_files(tree: ast.Module, path: Path) -> Iterator[Path]:
    """The library's files that a module uses: by import, or as `room.Name`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            yield from _imported_files(node, path)
        elif isinstance(node, ast.Attribute):
            room = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
            if (room, node.attr) in _public_names():
                yield _public_names()[room, node.attr]


def _imported_files(node: ast.ImportFrom, path: Path) -> Iterator[Path]:
    folder = path.parents[node.level - 1] if node.level else _PACKAGE.parent
    target = folder.joinpath(*(node.module or "").split("."))
    if _PACKAGE not in (target, *target.parents) and not node.level:
        return
    if target.with_suffix(".py").is_file():
        yield target.with_suffix(".py")
        return
    for alias in node.names:
        if (target / f"{alias.name}.py").is_file():
            yield target / f"{alias.name}.py"
        elif (target.name, alias.name) in _public_names():
            yield _public_names()[target.name, alias.name]
