"""How pictures look: one palette that the colour-blind can tell apart, and maps that do not invent edges."""

import contextlib
from collections.abc import Iterator
from typing import Any

# Any two differ to the usual, a deuteranope's and a protanope's eye; the second of a pair is for dark mode.
SERIES = (
    ("#00507d", "#4aa8f5"),
    ("#9c2d0c", "#e08a3a"),
    ("#0a8a5a", "#58c98f"),
    ("#d667bd", "#f0b8e0"),
    ("#96800f", "#f2d968"),
    ("#4650ad", "#7a7cf0"),
    ("#868b91", "#8593a3"),
)
INK = ("#1d2228", "#e2e6ea")
MUTED = ("#5d6772", "#9aa5b1")
RULE = ("#d9dee4", "#343b43")
PAPER = ("#ffffff", "#14171b")

VALUES = "gray"  # anatomy, as radiologists read it
MAGNITUDES = "viridis"  # perceptually uniform, for what has no sign
ERRORS = "RdBu_r"  # diverging, white is zero: red is too much, blue too little

MARKERS = ("o", "s", "^", "D", "v", "P", "X")
DASHES = ("-", (0, (5, 1.5)), (0, (1.5, 1.2)), (0, (6, 1.5, 1.5, 1.5)), (0, (3, 1)), (0, (8, 2)), (0, (1, 2)))

# Colours of figures that are drawn elsewhere: matplotlib's black, a dark grey, and Okabe and Ito's own.
_FOREIGN = (
    ("#000000", "#e2e6ea"),
    ("#444444", "#c3cad2"),
    ("#0072b2", "#58aef0"),
    ("#d55e00", "#ff8c42"),
    ("#009e73", "#33c79b"),
    ("#cc79a7", "#e29bc4"),
)

THEME_PAIRS = (*SERIES, INK, MUTED, RULE, PAPER, *_FOREIGN)

TEXT_WIDTH = 7.9  # inches: the width of the page's text column


def settings() -> dict[Any, Any]:
    """Matplotlib's settings for every picture of a page.

    Example:
        >>> settings()["image.cmap"]
        'gray'
    """
    from cycler import cycler

    return {
        "axes.axisbelow": True,
        "axes.edgecolor": MUTED[0],
        "axes.grid": True,
        "axes.labelcolor": INK[0],
        "axes.labelsize": 9.5,
        "axes.linewidth": 0.7,
        "axes.prop_cycle": cycler(color=[light for light, _ in SERIES]),
        "axes.spines.right": False,
        "axes.spines.top": False,
        "axes.titlelocation": "left",
        "axes.titlesize": 10,
        "axes.titleweight": "bold",
        "figure.constrained_layout.use": True,
        "figure.dpi": 96,
        "figure.facecolor": "none",
        "axes.facecolor": "none",
        "font.size": 9,
        "grid.color": RULE[0],
        "grid.linewidth": 0.6,
        "image.cmap": VALUES,
        "image.composite_image": False,
        "image.interpolation": "none",
        "legend.edgecolor": "none",
        "legend.facecolor": PAPER[0],
        "legend.fontsize": 8.5,
        "legend.framealpha": 0.85,
        "lines.linewidth": 1.7,
        "lines.markersize": 4,
        "savefig.facecolor": "none",
        "svg.fonttype": "none",
        "svg.hashsalt": "wellposed",
        "text.color": INK[0],
        "xtick.color": MUTED[0],
        "xtick.labelcolor": INK[0],
        "ytick.color": MUTED[0],
        "ytick.labelcolor": INK[0],
    }


@contextlib.contextmanager
def style() -> Iterator[None]:
    """Draw in the library's style inside the block; matplotlib's own settings come back after it.

    Example:
        >>> from matplotlib.figure import Figure
        >>> with style():
        ...     axes = Figure().subplots()
        >>> axes.spines["top"].get_visible()
        False
    """
    import matplotlib

    with matplotlib.rc_context(settings()):
        yield
