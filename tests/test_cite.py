"""One bibliography: every key resolves, and a wheel carries it."""

import ast
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import toy_recipe

import wellposed
from wellposed.cite import bibliography, cited_keys, docstring_keys, references_of, rests_on
from wellposed.errors import InputError

ROOT = Path(__file__).parent.parent
SOURCES = sorted(Path(wellposed.__file__).parent.rglob("*.py"))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_key_in_a_docstring_is_in_the_bibliography(path):
    assert set(docstring_keys(ast.parse(path.read_text()))) <= set(bibliography())


def test_keys_are_unique_and_entries_complete():
    source = (ROOT / "docs" / "references.bib").read_text()
    assert source.count("\n@") + 1 == len(bibliography())
    for reference in bibliography().values():
        assert {"author", "title", "year"} <= set(reference.fields), reference.key
        assert reference.bibtex.count("{") == reference.bibtex.count("}"), reference.key
        assert not set(reference.line) & set("{}\\"), reference.line


def test_accents_are_composed():
    assert bibliography()["bjorck1973"].short == "Björck & Golub 1973"
    assert bibliography()["bjorck1973"].line.startswith("Björck, Åke; Golub")
    assert bibliography()["rudin1992"].short == "Rudin et al. 1992"


def test_addresses_come_from_doi_or_preprint():
    assert bibliography()["boink2019"].url == "https://arxiv.org/abs/1912.10840"
    assert bibliography()["golub1979"].url == "https://doi.org/10.1080/00401706.1979.10489751"


def test_keys_of_a_text_come_once():
    assert cited_keys("[@b2000] [@a1999] [@b2000] [c]") == ("b2000", "a1999")


def test_what_is_used_is_followed_by_import_and_by_room(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text('"""Mine."""\nfrom wellposed import inverse\n')
    assert references_of(path) == ()
    path.write_text('"""Mine [@boink2019]."""\nfrom wellposed.metrics import ssim\n')
    by_import = {reference.key for reference in references_of(path)}
    path.write_text('"""Mine [@boink2019]."""\nfrom wellposed import metrics\nmetrics.ssim\n')
    assert {reference.key for reference in references_of(path)} == by_import
    assert "boink2019" in by_import


def test_a_recipe_rests_on_what_its_source_cites():
    assert "boink2019" in [reference.key for reference in references_of(Path(toy_recipe.__file__))]


def test_an_unknown_key_is_a_programming_error(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text('"""Mine [@nobody1900]."""')
    with pytest.raises(ValueError, match=r"references.bib expects every cited key, found none for \['nobody1900'\]"):
        references_of(path)


def test_an_unknown_name_is_bad_input():
    with pytest.raises(InputError, match="Nothing: expected a recipe or a public name of the library"):
        rests_on("Nothing")


def test_a_wheel_carries_the_bibliography_and_the_page(tmp_path):
    pytest.importorskip("hatchling", reason="hatchling, which builds the wheel, is not installed")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    code = (
        "from wellposed.cite import bibliography; from wellposed.report import Page; "
        "print(bibliography()['boink2019'].short, len(Page('', '', []).html()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path / "site",
        check=True,
        capture_output=True,
        text=True,
        env={"PYTHONPATH": "."},
    )
    assert done.stdout.startswith("Boink & Brune 2019 ")
