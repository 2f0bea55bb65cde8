"""Pictures of what networks do with the plane."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from wellposed.report.style import SERIES, TEXT_WIDTH

from .run import Portrait

if TYPE_CHECKING:
    from matplotlib.figure import Figure

CLASS_COLOURS = (SERIES[0][0], SERIES[1][0])
CLASS_MARKERS = ("o", "s")
MOST_POINTS = 250  # in a panel


def decisions(portraits: Mapping[str, Portrait]) -> "Figure":
    """Above, the decision regions with the points; below, the points at the end of the flow and the line between."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(TEXT_WIDTH, 1.12 * TEXT_WIDTH / 2), layout="constrained")
    grid = figure.subplots(2, len(portraits), squeeze=False)
    for column, (name, portrait) in enumerate(portraits.items()):
        above, below = grid[:, column]
        above.set_title(name)
        shown = above.imshow(
            portrait.regions, cmap="PuOr", vmin=0, vmax=1, origin="lower", extent=portrait.extent, alpha=0.65
        )
        above.contour(portrait.regions, [0.5], extent=portrait.extent, colors="#000000", linewidths=0.8)
        _points(above, portrait.points, portrait.labels)
        _points(below, portrait.moved, portrait.labels)
        _line(below, portrait)
        for axes in (above, below):
            axes.set(xticks=[], yticks=[])
            axes.grid(visible=False)
        above.set_aspect("equal")
        if column == len(portraits) - 1:
            figure.colorbar(shown, ax=grid[0, :].tolist(), label="probability of class 1", shrink=0.8)
    grid[0, 0].set_ylabel("input space")
    grid[1, 0].set_ylabel("after the flow")
    return figure


def through_layers(states: np.ndarray, labels: np.ndarray) -> "Figure":
    """The points after some of the layers."""
    from matplotlib.figure import Figure

    shown = np.unique(np.linspace(0, states.shape[1] - 1, 5).round().astype(int))
    figure = Figure(figsize=(TEXT_WIDTH, 1.15 * TEXT_WIDTH / len(shown)), layout="constrained")
    for axes, layer in zip(figure.subplots(1, len(shown), squeeze=False)[0], shown, strict=True):
        _points(axes, states[:, layer], labels)
        axes.set(title=f"layer {layer}" if layer else "input", xticks=[], yticks=[])
        axes.set_aspect("equal", "datalim")
        axes.grid(visible=False)
    return figure


def _points(axes: Any, points: np.ndarray, labels: np.ndarray) -> None:
    points, labels = points[:MOST_POINTS, :2], labels[:MOST_POINTS]
    for k, (colour, marker) in enumerate(zip(CLASS_COLOURS, CLASS_MARKERS, strict=True)):
        axes.scatter(*points[labels == k].T, s=5, c=colour, marker=marker, linewidths=0, rasterized=True)


def _line(axes: Any, portrait: Portrait) -> None:
    """Where W x + mu = 0, across the panel; in more than two dimensions there is no line to draw."""
    (a, b), c = portrait.line[0][:2], portrait.line[1]
    if len(portrait.line[0]) > 2 or a == b == 0:
        return
    foot, along = -c * np.array([a, b]) / (a**2 + b**2), np.array([-b, a]) / np.hypot(a, b)
    limits = axes.axis()
    axes.plot(*(foot[:, None] + along[:, None] * np.array([[-1e2, 1e2]])), color="#000000", linewidth=0.9)
    axes.axis(limits)
