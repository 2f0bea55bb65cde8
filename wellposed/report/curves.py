"""Curves with bands: errors against noise, rank or steps."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from wellposed.report.style import DASHES, MARKERS, TEXT_WIDTH

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def curves(
    series: Mapping[str, Sequence[Any]],
    x_label: str,
    y_label: str,
    x_scale: str = "linear",
    y_scale: str = "linear",
    height: float = 3.4,
) -> "Figure":
    """Draw curves that differ by colour, dash and marker, so that they can be told apart without colour.

    Args:
        series: name -> (x, y), or (x, y, low, high) with the ends of an interval at each point.
        x_label: quantity and unit of the horizontal axis.
        y_label: quantity and unit of the vertical axis.
        x_scale: `linear` or `log`.
        y_scale: `linear` or `log`.
        height: of the figure, in inches.

    Example:
        >>> figure = curves({"Tikhonov": ([1, 2], [0.2, 0.3], [0.1, 0.2], [0.3, 0.4])}, "noise (%)", "error")
        >>> figure.axes[0].get_xlabel()
        'noise (%)'
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(TEXT_WIDTH, height), layout="constrained")
    axes = figure.subplots()
    for index, (name, points) in enumerate(series.items()):
        _draw_curve(axes, index, name, [np.asarray(part, dtype=float) for part in points])
    axes.set(xlabel=x_label, ylabel=y_label, xscale=x_scale, yscale=y_scale)
    _name_few_places(axes, np.unique(np.concatenate([np.asarray(x, dtype=float) for x, *_ in series.values()])))
    if len(series) > 1:
        figure.legend(loc="outside right upper", frameon=False, handlelength=2.8)
    return figure


def _name_few_places(axes: Any, places: Any) -> None:
    """On a logarithmic axis with few points, their own values say more than powers of ten."""
    if axes.get_xscale() == "log" and len(places) <= 8:
        axes.set_xticks(places, [f"{place:g}" for place in places])
        axes.xaxis.minorticks_off()


def _draw_curve(axes: Any, index: int, name: str, points: Sequence[Any]) -> None:
    x, y, *band = points
    marker = MARKERS[index % len(MARKERS)] if len(x) <= 24 else None
    (line,) = axes.plot(x, y, label=name, marker=marker, linestyle=DASHES[index % len(DASHES)])
    if band:
        axes.fill_between(x, *band, color=line.get_color(), alpha=0.15, linewidth=0)
