"""Surfaces that a reader can turn, as a browser sees them."""

import numpy as np
import pytest
from browser import start_browser

from wellposed.report import Page, Panel, Press, Section, Surfaces, write_page

ANGLES, HEIGHTS = np.meshgrid(np.linspace(0, 2 * np.pi, 13)[:-1], np.linspace(0, 2, 5))
POINTS = np.stack([np.cos(ANGLES), np.sin(ANGLES), HEIGHTS], axis=-1).reshape(-1, 3)
QUADS = [(12 * i + j, 12 * i + (j + 1) % 12) for i in range(4) for j in range(12)]
FACES = np.array([face for a, b in QUADS for face in ((a, b, a + 12), (b, b + 12, a + 12))])
DRAWN = "() => document.querySelectorAll('.surfaces .gl-container canvas').length"


def tube():
    panels = [
        Panel("true", POINTS[:, 2], "stress (Pa)", (0.0, 2.0)),
        Panel("predicted", 0.9 * POINTS[:, 2], "stress (Pa)", (0.0, 2.0)),
        Panel("error", 0.1 * POINTS[:, 2], "error (Pa)", colours="Cividis"),
    ]
    return Surfaces(POINTS, FACES, panels, "A tube.", "Three tubes.")


def test_panels_of_one_label_share_a_colour_bar():
    traces = tube()._figure()["data"]
    assert [trace["showscale"] for trace in traces] == [False, True, True]
    assert [(trace["cmin"], trace["cmax"]) for trace in traces[:2]] == [(0.0, 2.0)] * 2
    assert traces[2]["cmax"] == pytest.approx(0.2)


def test_a_page_carries_the_library_once():
    press = Press()
    for _ in range(2):
        tube().html(press)
    assert len(press.scripts) == 2


def test_values_that_do_not_fit_are_a_sentence():
    with pytest.raises(ValueError, match=r"expects 60 values, one for each point, found 3 in the panel 'short'"):
        Surfaces(POINTS, FACES, [Panel("short", np.zeros(3), "x")], "", "")


def test_a_browser_draws_them_and_turns_them_together(tmp_path):
    path = tmp_path / "report.html"
    write_page(Page("Tubes", "A lead.", [Section("One", "", [tube()])]), path)
    with start_browser() as open_page, open_page(path) as (page, troubles):
        page.wait_for_function(f"({DRAWN})() >= 3")
        camera = {"eye": {"x": 0.1, "y": 2.0, "z": 0.3}}
        page.evaluate("c => Plotly.relayout(document.querySelector('.surfaces'), {'scene.camera': c})", camera)
        page.wait_for_function("() => document.querySelector('.surfaces').layout.scene3.camera?.eye?.y === 2")
        assert troubles == []
