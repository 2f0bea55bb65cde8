"""The recorded full run holds what was asked of it, and the page of results is made from it."""

import json
import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SCRIPT = runpy.run_path(str(ROOT / "scripts" / "make_results.py"))
RECORD = json.loads((ROOT / "results" / "lsvd.json").read_text())


@pytest.mark.parametrize("line", SCRIPT["asked_of"](RECORD["metrics"]), ids=lambda line: line[0])
def test_the_full_run_holds_what_was_asked(line):
    asked, measured, holds = line
    assert holds, f"{asked}: {measured}"


def test_the_record_is_a_full_run_of_the_default_settings():
    from wellposed.recipes.lsvd.settings import Settings

    default, found = vars(Settings()), RECORD["settings"]
    assert RECORD["preset"] == "full"
    assert {name: tuple(v) if isinstance(v, list) else v for name, v in found.items()} == default


def test_the_page_of_results_is_made_from_the_record():
    lines = SCRIPT["lsvd"](RECORD)
    assert "\n".join(lines) in (ROOT / "docs" / "results.md").read_text()
