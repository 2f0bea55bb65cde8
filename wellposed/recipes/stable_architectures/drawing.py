"""Pictures of the classes that networks give to the plane."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from wellposed.report.style import MARKERS, SERIES, TEXT_WIDTH

from .run import Regions

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST_POINTS = 250  # in a panel
COLUMNS = 4


def regions(found: Mapping[str, Regions]) -> "Figure":
    """One panel for each architecture: its regions, faint, and the points in the colours of their classes."""
    from matplotlib.colors import ListedColormap
    from matplotlib.figure import Figure

    rows = -(-len(found) // COLUMNS)
    figure = Figure(figsize=(TEXT_WIDTH, 1.12 * rows * TEXT_WIDTH / COLUMNS), layout="constrained")
    panels = figure.subplots(rows, COLUMNS, squeeze=False).ravel()
    colours = [light for light, _ in SERIES]
    for axes, (name, one) in zip(panels, found.items(), strict=False):
        axes.set_title(name, fontsize=8.5)
        last = max(int(one.classes.max()), int(one.labels.max()))
        faint = ListedColormap(colours[: last + 1])
        axes.imshow(one.classes, cmap=faint, vmin=-0.5, vmax=last + 0.5, origin="lower", extent=one.extent, alpha=0.3)
        for k in range(last + 1):
            points = one.points[:MOST_POINTS][one.labels[:MOST_POINTS] == k]
            axes.scatter(*np.asarray(points).T, s=5, c=colours[k], marker=MARKERS[k], linewidths=0, rasterized=True)
        axes.set(xticks=[], yticks=[], aspect="equal")
        axes.grid(visible=False)
    for axes in panels[len(found) :]:
        axes.set_visible(False)
    return figure
