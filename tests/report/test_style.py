"""The palette can be told apart by everyone, on paper and in the dark."""

import itertools

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from wellposed.report import style
from wellposed.report.style import INK, MUTED, PAPER, SERIES

# Linear sRGB as a deuteranope and a protanope see it (Machado, Oliveira, Fernandes 2009, severity 1).
DEUTAN = np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]])
PROTAN = np.array([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]])


def luminance(colour):
    red, green, blue = linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def linear(colour):
    value = np.asarray(to_rgb(colour))
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def contrast(first, second):
    low, high = sorted((luminance(first), luminance(second)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [0, 1])
def test_text_and_lines_stand_out_from_the_paper(theme):
    assert contrast(INK[theme], PAPER[theme]) >= 7
    assert contrast(MUTED[theme], PAPER[theme]) >= 4.5
    assert min(contrast(pair[theme], PAPER[theme]) for pair in SERIES) >= 3


@pytest.mark.parametrize("eye", [np.eye(3), DEUTAN, PROTAN], ids=["usual", "deutan", "protan"])
@pytest.mark.parametrize("theme", [0, 1])
def test_any_two_colours_differ_to_every_eye(theme, eye):
    seen = [np.clip(eye @ linear(pair[theme]), 0, 1) ** (1 / 2.4) for pair in SERIES]
    assert min(np.linalg.norm(a - b) for a, b in itertools.combinations(seen, 2)) > 0.12


def test_the_style_ends_with_its_block():
    import matplotlib

    before = matplotlib.rcParams["axes.spines.top"]
    with style():
        assert not matplotlib.rcParams["axes.spines.top"]
    assert matplotlib.rcParams["axes.spines.top"] == before
