"""The whole page, and how a browser sees it."""

import re

import numpy as np
import pytest
from browser import start_browser

from wellposed.errors import InputError
from wellposed.report import (
    Card,
    Cell,
    Column,
    Gallery,
    Headline,
    Page,
    Picture,
    Section,
    Table,
    Text,
    bars,
    curves,
    image_grid,
    matrices,
    reconstructions,
    write_page,
)
from wellposed.report.image_grid import Row

HOSTILE = "</script><script>document.title='broken into'</script>.png"
RAMP = np.linspace(0, 1, 64).reshape(8, 8)


def example():
    wide = [Column(f"quantity {i}", "ms") for i in range(12)]
    table = Table(
        ("Method", Column("PSNR", "dB", best="max"), *wide),
        [(f"method {i}", Cell(v, v - 1, v + 1) if v else None, *range(12)) for i, v in enumerate((9.5, 100, None, 20))],
        "A wide table with *four* methods.",
    )
    pictures = [
        Picture(lambda: reconstructions(RAMP, {"half": RAMP / 2}), "Reconstructions above errors.", "two ramps"),
        Picture(lambda: image_grid([Row([("ramp", RAMP)])]), "One image.", "a ramp"),
        Picture(lambda: curves({"a": ([1, 2], [1, 2])}, "x", "y"), "A curve.", "a line"),
        Picture(lambda: bars({"a": (1.0, 0.5, 1.5)}, "x"), "A bar.", "a bar"),
        Picture(lambda: matrices({"a": np.eye(3)}), "A matrix.", "a diagonal"),
    ]
    card = Card("Robust?", 1.5, "×", (1.2, 1.8), "Yes [@boink2019].", details=[Text("By ascent."), table, pictures[2]])
    gallery = Gallery(RAMP, {"half": RAMP / 2}, "A ramp and its half.")
    sections = [
        Section("Results", f"File `{HOSTILE}`.", [gallery, table]),
        Section("Results", "", [card, card, *pictures]),
    ]
    return Page(
        f"Page {HOSTILE}",
        "A lead.",
        sections,
        [Headline("PSNR", 100.0, "dB", "a note")],
        {"settings": {"a": HOSTILE}},
    )


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "report.html"
    write_page(example(), path)
    return path


@pytest.fixture(scope="module")
def open_page():
    with start_browser() as opener:
        yield opener


def test_sections_of_one_title_have_their_own_links(written):
    ids = re.findall(r'<section id="([^"]+)"', written.read_text())
    assert ids == ["s-results", "s-results-2", "references"]
    links = re.findall(r'<li><a href="#([^"]+)"', written.read_text())
    assert links == ids


def test_ids_are_unique(written):
    ids = re.findall(r' id="([^"]+)"', written.read_text())
    assert len(ids) == len(set(ids))


def test_cited_papers_are_listed(written):
    assert 'id="ref-boink2019"' in written.read_text()
    assert "Learned SVD" in written.read_text()


def test_a_page_without_citations_has_no_references():
    assert 'id="references"' not in Page("Title", "Lead.", []).html()


def test_a_failed_page_leaves_the_old_one(tmp_path):
    path = tmp_path / "report.html"
    path.write_text("old")
    with pytest.raises(ValueError, match="nobody1900"):
        write_page(Page("Title", "[@nobody1900]", []), path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["report.html"]
    assert path.read_text() == "old"


def test_a_folder_in_the_way_is_bad_input(tmp_path):
    with pytest.raises(InputError, match="expected a file to write, found a folder"):
        write_page(Page("Title", "Lead.", []), tmp_path)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_a_browser_shows_it_without_errors_requests_or_overflow(open_page, written, width, scheme):
    with open_page(written, width=width, scheme=scheme) as (page, troubles):
        page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true })")
        assert troubles == []
        assert "broken into" not in page.evaluate("document.title.slice(0, 11)")
        assert page.evaluate("document.images.length") >= 10
        assert page.evaluate("[...document.images].filter(i => !i.complete || !i.naturalWidth).length") == 0
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        ink = page.evaluate("getComputedStyle(document.body).color")
        assert (sum(map(int, re.findall(r"\d+", ink))) > 380) == (scheme == "dark")


def test_a_click_and_the_keyboard_sort_by_value_with_missing_ones_last(open_page, written):
    with open_page(written) as (page, troubles):
        header = page.locator("#table-1 th").nth(1)
        column = "[...document.querySelectorAll('#table-1 tbody tr')].map(r => r.cells[1].dataset.value)"
        header.locator("button").click()
        assert header.get_attribute("aria-sort") == "descending"
        assert page.evaluate(column) == ["100.0", "20.0", "9.5", ""]
        page.keyboard.press("Enter")
        assert header.get_attribute("aria-sort") == "ascending"
        assert page.evaluate(column) == ["9.5", "20.0", "100.0", ""]
        page.locator("#table-1 th button").first.click()
        assert header.get_attribute("aria-sort") == "none"
        assert page.locator("#table-1 tbody th").all_inner_texts() == [f"method {i}" for i in range(4)]
        assert troubles == []


def test_a_click_on_a_tile_shows_the_truth_and_back(open_page, written):
    with open_page(written) as (page, troubles):
        tile = page.locator(".tile button").first
        own = tile.locator("img").get_attribute("src")
        tile.click()
        assert tile.get_attribute("aria-pressed") == "true"
        assert tile.locator("img").get_attribute("src") == page.locator(".tiles").first.get_attribute("data-truth")
        tile.click()
        assert tile.locator("img").get_attribute("src") == own
        assert troubles == []


def test_wide_tables_scroll_in_their_own_box_on_a_phone(open_page, written):
    with open_page(written, width=390) as (page, _):
        box = page.locator("#table-1 .scroll")
        assert box.evaluate("box => box.scrollWidth > box.clientWidth")


def test_an_injected_script_is_refused_by_the_policy(open_page, tmp_path, written):
    path = tmp_path / "report.html"
    path.write_text(written.read_text().replace("</main>", "<script>document.title = 'broken into'</script></main>"))
    with open_page(path) as (page, troubles):
        assert page.title() != "broken into"
        assert any("Content Security Policy" in trouble for trouble in troubles)
