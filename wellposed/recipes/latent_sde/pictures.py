"""The drawings of the page."""

from typing import TYPE_CHECKING, Any

import numpy as np

from wellposed.report.style import DASHES, INK, MUTED, SERIES, TEXT_WIDTH

from .run import GAUSSIAN, ITSELF, PRIOR, Findings

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SHOWN = 10
NAMES = ("x", "y", "z")
COLOURS = {ITSELF: INK[0], PRIOR: SERIES[0][0], GAUSSIAN: SERIES[1][0]}


def paths_in_space(found: Findings) -> "Figure":
    """Ten paths of the system beside ten of the learned prior, seen from the same side."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(TEXT_WIDTH, 3.8), layout="constrained")
    sources = {"data": np.asarray(found.known.true), PRIOR: found.drawn[PRIOR]}
    ends = [(float(v.min()), float(v.max())) for v in np.moveaxis(sources["data"][:SHOWN], 2, 0)]
    for k, (title, paths) in enumerate(sources.items()):
        axes: Any = figure.add_subplot(1, 2, k + 1, projection="3d")
        for i, path in enumerate(paths[:SHOWN]):
            axes.plot(*path.T, linewidth=0.9, color=SERIES[i % len(SERIES)][0])
            axes.plot(*path[:1].T, "x", color=INK[0], markersize=4)
        axes.set(title=title, xlabel="x", ylabel="y", zlabel="z", xlim=ends[0], ylim=ends[1], zlim=ends[2])
        axes.tick_params(labelsize=7)
    return figure


def histograms(found: Findings) -> "Figure":
    """The distribution of each coordinate at three times."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(TEXT_WIDTH, 5.2), layout="constrained")
    grid = figure.subplots(3, 3, sharex="row")
    times = [round(part * (len(found.known.ts) - 1)) for part in (0.25, 0.5, 1.0)]
    true = np.asarray(found.known.true)
    for i, row in enumerate(grid):
        edges = np.linspace(np.quantile(true[:, :, i], 0.001), np.quantile(true[:, :, i], 0.999), 31)
        for axes, t in zip(row, times, strict=True):
            axes.hist(true[:, t, i], edges, density=True, color=MUTED[0], alpha=0.35, label="data")
            for dash, source in zip(DASHES, (PRIOR, GAUSSIAN), strict=False):
                heights = np.histogram(found.drawn[source][:, t, i], edges, density=True)[0]
                axes.stairs(heights, edges, color=COLOURS[source], linestyle=dash, label=source)
            axes.set_yticks([])
            if i == 0:
                axes.set_title(f"t = {float(found.known.ts[t]):.2f}")
        row[0].set_ylabel(f"density of {NAMES[i]}")
    figure.supxlabel("value (standard deviations)", fontsize=9)
    figure.legend(*grid[0][0].get_legend_handles_labels(), loc="outside upper center", ncols=3, frameon=False)
    return figure


def posterior(found: Findings) -> "Figure":
    """Three test paths: the noisy data, and the posterior."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(TEXT_WIDTH, 4.6), layout="constrained")
    grid = figure.subplots(3, min(3, len(found.posterior.mean)), sharex=True, squeeze=False)
    ts = np.asarray(found.known.ts)
    for i, row in enumerate(grid):
        for k, axes in enumerate(row):
            middle, spread = found.posterior.mean[k][:, i], found.posterior.spread[k][:, i]
            axes.plot(ts, found.known.test[k][:, i], ".", color=MUTED[0], markersize=3, label="data")
            axes.plot(ts, middle, color=COLOURS[PRIOR], linewidth=1.0, label="posterior")
            low, high = middle - 1.96 * spread, middle + 1.96 * spread
            axes.fill_between(ts, low, high, color=COLOURS[PRIOR], alpha=0.2, linewidth=0)
        row[0].set_ylabel(NAMES[i])
    figure.supxlabel("time", fontsize=9)
    figure.legend(*grid[0][0].get_legend_handles_labels(), loc="outside upper center", ncols=2, frameon=False)
    return figure
