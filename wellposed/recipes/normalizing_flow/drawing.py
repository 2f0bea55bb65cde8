"""Pictures of what flows learned: samples, densities and the ways that points take."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from wellposed.metrics import Interval
from wellposed.report.style import INK, MAGNITUDES, MUTED, SERIES, TEXT_WIDTH

from .judging import Judged

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LINEAR = 0.01  # nats up to which the axis of differences is linear


def gallery(test: np.ndarray, judged: Mapping[str, Judged], extent: float) -> "Figure":
    """A column for the data and for each method: samples, density, and the paths from data to base."""
    from matplotlib.figure import Figure

    columns = len(judged) + 1
    flat = test.shape[1] == 2
    side = TEXT_WIDTH / columns
    rows = 3 if flat else 1
    figure = Figure(figsize=(TEXT_WIDTH, rows * side + 0.35), layout="constrained")
    grid = figure.subplots(rows, columns, squeeze=False)
    for axes in grid.ravel():
        axes.set(xticks=[], yticks=[], xlim=(-extent, extent), ylim=(-extent, extent))
        axes.set_aspect("equal")
        axes.grid(visible=False)
    _dots(grid[0, 0], test)
    grid[0, 0].set_title("data")
    for axes in grid[1:, 0]:
        axes.set_visible(False)
    for column, (name, found) in enumerate(judged.items(), 1):
        grid[0, column].set_title(name)
        _dots(grid[0, column], found.samples)
        if flat:
            grid[1, column].imshow(
                found.density, cmap=MAGNITUDES, origin="lower", extent=(-extent, extent, -extent, extent)
            )
            _ways(grid[2, column], found.paths)
    return figure


def comparison(differences: Mapping[str, Sequence[float]], means: Mapping[str, Interval]) -> "Figure":
    """A row for each of the data: the difference of two likelihoods in each training, and its mean with its interval.

    The axis is linear near 0 and logarithmic beyond.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(TEXT_WIDTH, 0.7 + 0.32 * len(means)), layout="constrained")
    axes = figure.subplots()
    for row, (place, mean) in enumerate(means.items()):
        axes.plot(differences[place], [row] * len(differences[place]), "o", color=SERIES[0][0], markersize=6, zorder=3)
        axes.errorbar(
            mean.mean,
            row,
            xerr=[[mean.mean - mean.low], [mean.high - mean.mean]],
            fmt="|",
            color=INK[0],
            linewidth=1,
            markersize=14,
            capsize=3,
        )
    axes.axvline(0, color=MUTED[0], linestyle="--", linewidth=1)
    axes.set_xscale("symlog", linthresh=LINEAR)
    axes.set_yticks(range(len(means)), list(means))
    axes.set(xlabel="OT-Flow minus FFJORD (nats)")
    axes.tick_params(axis="y", length=0)
    axes.grid(visible=False, axis="y")
    axes.invert_yaxis()
    return figure


def _dots(axes: Any, points: np.ndarray) -> None:
    axes.scatter(*points[:1500, :2].T, s=1.2, c=SERIES[0][0], linewidths=0, rasterized=True)


def _ways(axes: Any, paths: np.ndarray) -> None:
    for path in paths:
        axes.plot(*path.T, color=SERIES[6][0], linewidth=0.6)
    axes.scatter(*paths[:, 0].T, s=4, c=SERIES[0][0], linewidths=0)
    axes.scatter(*paths[:, -1].T, s=4, c=SERIES[1][0], linewidths=0, marker="s")
