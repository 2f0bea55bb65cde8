"""Pictures of crowds."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from wellposed.report.style import MAGNITUDES, SERIES, TEXT_WIDTH

from .portrait import Portrait

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def _panels(count: int, portrait: Portrait, colourbars: int = 0) -> tuple["Figure", Sequence[Any]]:
    from matplotlib.figure import Figure

    left, right, bottom, top = portrait.extent
    width = TEXT_WIDTH / (count + 0.35 * (colourbars > 0))
    height = min(width * (top - bottom) / (right - left), 4.6) + 0.55
    figure = Figure(figsize=(TEXT_WIDTH, height), layout="constrained")
    axes = figure.subplots(1, count, squeeze=False)[0]
    for one in axes:
        one.set_aspect("equal")
        one.grid(visible=False)
        one.set(xlim=(left, right), ylim=(bottom, top))
    for one in axes[1:]:
        one.tick_params(labelleft=False)
    return figure, axes


def _obstacle(axes: Any, portrait: Portrait, colour: str = "#868b91") -> None:
    if portrait.obstacle is not None and portrait.obstacle.max() > 0:
        levels = portrait.obstacle.max() * np.array([0.1, 0.3, 0.6])
        axes.contour(portrait.obstacle, levels, extent=portrait.extent, colors=colour, linewidths=0.9)


def densities(portrait: Portrait) -> "Figure":
    """The initial density, what the map makes of it, and the target, on one scale."""
    figure, axes = _panels(3, portrait, 1)
    top = max(portrait.initial.max(), portrait.target.max())
    titles = ("initial", "pushed forward", "target")
    for one, title, values in zip(axes, titles, (portrait.initial, portrait.pushed, portrait.target), strict=True):
        one.imshow(values, cmap=MAGNITUDES, vmin=0, vmax=top, origin="lower", extent=portrait.extent)
        one.set_title(title)
        _obstacle(one, portrait, "#ffffff")
    figure.colorbar(axes[0].images[0], ax=list(axes), label="density", shrink=0.85)
    return figure


def ways(portrait: Portrait) -> "Figure":
    """The ways of some agents."""
    figure, (axes,) = _panels(1, portrait)
    figure.set_size_inches(TEXT_WIDTH * 0.62, figure.get_size_inches()[1])
    _obstacle(axes, portrait)
    for way in portrait.ways:
        axes.plot(*way.T, color=SERIES[0][0], linewidth=0.7, alpha=0.8)
    axes.scatter(*portrait.ways[:, 0].T, s=9, color=SERIES[1][0], marker="o", label="start", zorder=3)
    axes.scatter(*portrait.ways[:, -1].T, s=9, color=SERIES[2][0], marker="s", label="end", zorder=3)
    axes.legend(loc="upper right")
    return figure


def value_function(portrait: Portrait) -> "Figure":
    """The value function at the beginning, half-way and at the end."""
    figure, axes = _panels(3, portrait, 1)
    low, high = np.quantile(portrait.values, [0.0, 0.98])
    for one, title, values in zip(axes, ("t = 0", "t = T/2", "t = T"), portrait.values, strict=True):
        one.imshow(values, cmap="cividis", vmin=low, vmax=high, origin="lower", extent=portrait.extent)
        one.contour(values, np.linspace(low, high, 9)[1:-1], extent=portrait.extent, colors="#ffffff", linewidths=0.5)
        one.set_title(title)
        _obstacle(one, portrait, "#000000")
    figure.colorbar(axes[0].images[0], ax=list(axes), label="Φ", shrink=0.85)
    return figure


def moving(portrait: Portrait) -> Iterator["Figure"]:
    """Frames of the crowd on its way, with a rest at both ends."""
    figure, (axes,) = _panels(1, portrait)
    figure.set_size_inches(TEXT_WIDTH * 0.55, figure.get_size_inches()[1])
    _obstacle(axes, portrait)
    axes.contour(
        portrait.target, portrait.target.max() * np.array([0.1, 0.5]), extent=portrait.extent, colors=SERIES[2][0]
    )
    dots = axes.scatter(*portrait.crowd[0].T, s=3, color=SERIES[0][0], linewidths=0)
    last = len(portrait.crowd) - 1
    for k in [0] * 4 + list(range(last + 1)) + [last] * 6:
        dots.set_offsets(portrait.crowd[k])
        axes.set_title(f"t = {k / last:.2f} T")
        yield figure
