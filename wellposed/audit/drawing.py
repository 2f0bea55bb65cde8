"""What the six pictures share: colours for colour-blind readers, panels, intervals, rows of pictures."""

import itertools
import math
import textwrap
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from .answer import Answer

INK = "#444444"
# Okabe and Ito's colours, without the yellow that vanishes on white
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
MARKERS = "os^Dv<>"
LINES = ("-", "--", ":")


def styles() -> Iterator[dict[str, object]]:
    """Colour, marker and line of one map after the other: 7 colours, then the same with another line.

    Example:
        >>> next(styles())["color"]
        '#0072B2'
    """
    for line, (colour, marker) in itertools.product(LINES, zip(COLOURS, MARKERS, strict=True)):
        yield {"color": colour, "marker": marker, "linestyle": line, "markersize": 5, "linewidth": 1.5}


def panels(count: int, rows: int, same: bool = False):
    """A figure and its panels side by side, as high as `rows` named rows need."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5 * max(count, 2), 1.6 + 0.32 * max(rows, 6)), layout="constrained")
    axes = figure.subplots(1, count, squeeze=False, sharex=same)[0]
    return figure, list(axes)


def points(axis, rows: Mapping[str, tuple[float, float, float]], label: str, log: bool = False) -> None:
    """One row for each map: a value and its interval, left out where it has no ends."""
    for place, (style, (value, low, high)) in enumerate(zip(styles(), rows.values(), strict=False)):
        if math.isfinite(low) and math.isfinite(high):
            axis.plot([low, high], [place, place], color=style["color"], linewidth=2, solid_capstyle="butt")
        axis.plot([value], [place], color=style["color"], marker=style["marker"], markersize=7)
    axis.set_yticks(range(len(rows)), list(rows))
    axis.set(xlabel=label, ylim=(len(rows) - 0.5, -0.5))
    axis.grid(axis="x", alpha=0.3)
    if log:
        axis.set_xscale("log")


def intervals(axis, answers: Mapping[str, Answer], label: str, log: bool = False) -> None:
    """The number and the interval of each map's answer."""
    points(axis, {name: (a.number, a.low, a.high) for name, a in answers.items()}, label, log)


def gallery(figure, rows: Mapping[str, np.ndarray]) -> None:
    """A row of pictures for each map, each on its own symmetric scale from blue over white to red."""
    columns = max(len(pictures) for pictures in rows.values())
    axes = figure.subplots(len(rows), columns, squeeze=False)
    for line, (name, pictures) in zip(axes, rows.items(), strict=True):
        for axis in line:
            axis.set(xticks=[], yticks=[])
            axis.spines[:].set_visible(False)
        for axis, picture in zip(line, pictures, strict=False):
            size = float(np.max(np.abs(picture))) or 1.0
            axis.imshow(np.atleast_2d(picture), cmap="RdBu_r", vmin=-size, vmax=size)
        line[0].set_ylabel(name, rotation=0, ha="right", va="center")


def grey_pictures(figure, rows: Mapping[str, Sequence[np.ndarray]], columns: Sequence[str], peak: float) -> None:
    """Named rows of pictures under named columns, all on one scale from black (0) to white (`peak`)."""
    axes = figure.subplots(len(rows), len(columns), squeeze=False)
    for line, (name, pictures) in zip(axes, rows.items(), strict=True):
        for axis, picture in zip(line, pictures, strict=True):
            axis.set(xticks=[], yticks=[])
            axis.imshow(np.atleast_2d(np.abs(picture)), cmap="gray", vmin=0, vmax=peak)
        line[0].set_ylabel(name)
    for axis, name in zip(axes[0], columns, strict=True):
        axis.set_title("\n".join(textwrap.wrap(name, 12)), fontsize="small")
