"""Figures become SVG that follows dark mode."""

import xml.etree.ElementTree as ET

import matplotlib
import numpy as np
from matplotlib.figure import Figure

from wellposed.report import Picture, Press
from wellposed.report.picture import themed_svg
from wellposed.report.style import INK, SERIES


def line():
    figure = Figure((3, 2))
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1])
    axes.set_title("a < b & c")
    return figure


def test_the_svg_is_valid_and_has_the_size_of_the_figure():
    svg, width, height = themed_svg(line)
    assert ET.fromstring(svg).tag == "{http://www.w3.org/2000/svg}svg"
    assert (width, height) == (288, 192)


def test_palette_colours_are_variables_that_dark_mode_redefines():
    svg, *_ = themed_svg(line)
    light, dark = SERIES[0]
    assert f"stroke: var(--{light[1:]}, {light})" in svg
    rules = svg[svg.index("@media (prefers-color-scheme:dark)") :]
    assert f"--{light[1:]}:{dark};" in rules
    assert f"--{INK[0][1:]}:{INK[1]};" in rules


def test_black_of_a_figure_drawn_elsewhere_turns_light():
    svg, *_ = themed_svg(line())
    assert "--000000:" in svg


def test_images_keep_their_own_pixels():
    figure = Figure((3, 3))
    figure.subplots().imshow(np.eye(5), interpolation="none")
    svg, *_ = themed_svg(lambda: figure)
    image = next(node for node in ET.fromstring(svg).iter() if node.tag.endswith("image"))
    assert image.get("width") == "5"


def test_matplotlib_keeps_its_own_settings():
    before = dict(matplotlib.rcParams)
    themed_svg(line)
    assert dict(matplotlib.rcParams) == before


def test_the_same_figure_gives_the_same_bytes():
    assert themed_svg(line) == themed_svg(line)


def test_caption_and_alternative_text_are_escaped():
    html = Picture(line, "A <b>line</b>.", 'a "line"').html(Press())
    assert "A &lt;b&gt;line&lt;/b&gt;." in html
    assert 'alt="a &quot;line&quot;"' in html
