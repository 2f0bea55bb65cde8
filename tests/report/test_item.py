"""Every piece of a page: immutable, escaped, no request to the network."""

import dataclasses
import re

import numpy as np
import pytest

from wellposed import report
from wellposed.report import Animation, Card, Gallery, Item, Panel, Picture, Press, Surfaces, Table, Text, curves

HOSTILE = '"><script>alert(1)</script>'
CORNER = np.array([[0.0, 0, 0], [1, 0, 0], [0, 1, 0]]), np.array([[0, 1, 2]])
BATTERY = {
    Text: Text(HOSTILE),
    Table: Table((HOSTILE,), [(HOSTILE,)], HOSTILE),
    Card: Card(HOSTILE, 1.0, HOSTILE, (0.0, 2.0), HOSTILE, HOSTILE, [Text(HOSTILE)]),
    Gallery: Gallery(np.eye(4), {HOSTILE: np.eye(4)}, HOSTILE, {HOSTILE: HOSTILE}, unit=HOSTILE),
    Animation: Animation(lambda: [curves({HOSTILE: ([0, 1], [0, 1])}, HOSTILE, HOSTILE)], HOSTILE, HOSTILE),
    Picture: Picture(lambda: curves({HOSTILE: ([0, 1], [0, 1])}, HOSTILE, HOSTILE), HOSTILE, HOSTILE),
    Surfaces: Surfaces(*CORNER, [Panel(HOSTILE, np.zeros(3), HOSTILE)], HOSTILE, HOSTILE, HOSTILE),
}


def test_no_public_piece_is_missing_from_the_battery():
    public = [getattr(report, name) for name in dir(report)]
    assert {kind for kind in public if isinstance(kind, type) and issubclass(kind, Item)} - {Item} == set(BATTERY)


@pytest.mark.parametrize("item", BATTERY.values(), ids=lambda item: type(item).__name__)
def test_hostile_text_never_becomes_a_tag(item):
    html = item.html(Press())
    assert "<script" not in html
    assert "alert(1)" in html


@pytest.mark.parametrize("item", BATTERY.values(), ids=lambda item: type(item).__name__)
def test_nothing_is_loaded_from_elsewhere(item):
    assert not re.search(r'(src|href)="(?!data:|#)', item.html(Press()))


@pytest.mark.parametrize("item", BATTERY.values(), ids=lambda item: type(item).__name__)
def test_pieces_are_immutable(item):
    name = dataclasses.fields(item)[0].name
    with pytest.raises(dataclasses.FrozenInstanceError, match=name):
        setattr(item, name, None)
