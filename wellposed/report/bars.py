"""Bars with intervals: one number a method."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from wellposed.report.press import number_text
from wellposed.report.style import INK, MUTED, SERIES, TEXT_WIDTH

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def bars(
    values: Mapping[str, tuple[float, float, float]],
    label: str,
    scale: str = "linear",
    mark: float | None = None,
) -> "Figure":
    """Draw a number with its interval for each name, as horizontal bars from top to bottom.

    Args:
        values: name -> (value, low, high).
        label: the quantity and its unit.
        scale: `linear` or `log`.
        mark: a value to compare with, drawn as a dashed line.

    Example:
        >>> figure = bars({"Tikhonov": (24.3, 24.1, 24.5), "learned SVD": (27.8, 27.5, 28.1)}, "PSNR (dB)")
        >>> [text.get_text() for text in figure.axes[0].get_yticklabels()]
        ['Tikhonov', 'learned SVD']
    """
    from matplotlib.figure import Figure

    names = list(values)
    value, low, high = np.asarray([values[name] for name in names], dtype=float).reshape(-1, 3).T
    figure = Figure(figsize=(TEXT_WIDTH, 0.6 + 0.32 * len(names)), layout="constrained")
    axes = figure.subplots()
    place = np.arange(len(names))
    axes.barh(place, value, height=0.62, color=SERIES[0][0])
    axes.errorbar(value, place, xerr=[value - low, high - value], fmt="none", ecolor=INK[0], elinewidth=1.2, capsize=3)
    for row, (end, number) in enumerate(zip(high, value, strict=True)):
        axes.annotate(number_text(float(number)), (end, row), (5, 0), textcoords="offset points", va="center")
    axes.set_yticks(place, names)
    axes.tick_params(axis="y", length=0)
    axes.set(xlabel=label, xscale=scale)
    axes.margins(x=0.09)
    axes.grid(visible=False, axis="y")
    axes.invert_yaxis()
    if mark is not None:
        axes.axvline(mark, color=MUTED[0], linestyle="--", linewidth=1)
    return figure
