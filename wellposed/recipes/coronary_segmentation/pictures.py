"""Pictures of a vessel: straightened, cut across, and its radius along it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from wellposed.geometry import along_rays
from wellposed.geometry.tube_rays import indices
from wellposed.report.style import DASHES, SERIES, TEXT_WIDTH, VALUES

from .learn import ALONE, GRAPH
from .run import Shown
from .settings import Settings

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LIMITS_HU = (-100.0, 800.0)
WHITE, GREY = "#fefefe", "#5c6671"  # on images, which stay as they are in dark mode
TRUE = "true"
SLICES = 5
_LINES = {  # colour, dash, width: seen on grey, and told apart without colour
    TRUE: (WHITE, DASHES[0], 2.2),
    GRAPH: (SERIES[0][1], DASHES[0], 1.2),
    ALONE: (SERIES[2][1], DASHES[2], 1.2),
    "threshold": (SERIES[1][1], DASHES[1], 1.2),
}


def walls(shown: Shown, threshold: str) -> dict[str, np.ndarray]:
    """The radii that are drawn: true, learned, and by the threshold."""
    if shown.rays.radius is None:
        raise ValueError("walls expects a vessel with its lumen, got one without.")
    return {TRUE: shown.rays.radius, GRAPH: shown.radii[GRAPH], "threshold": shown.radii[threshold]}


def straightened(shown: Shown, settings: Settings, threshold: str) -> "Figure":
    """The image along the centreline in two planes through it, with the walls."""
    from matplotlib.figure import Figure

    tube, reach = shown.rays.tube, settings.reach_mm
    figure = Figure(figsize=(TEXT_WIDTH, 4.4), layout="constrained")
    panels = figure.subplots(2, 1, sharex=True)
    distances = np.linspace(0, reach, 80)
    image = along_rays(shown.scan.volume, shown.scan.affine, tube, distances)
    length, drawn = tube.line.s[-1], None
    for axes, start in zip(panels, (0, tube.around // 4), strict=True):
        over, under = start, (start + tube.around // 2) % tube.around
        plane = np.concatenate([image[:, under, :0:-1], image[:, over]], axis=1).T
        drawn = axes.imshow(
            plane, cmap=VALUES, vmin=LIMITS_HU[0], vmax=LIMITS_HU[1], origin="lower", aspect="equal",
            extent=(0, length, -reach, reach), interpolation="bilinear",
        )  # fmt: skip
        for name, radius in walls(shown, threshold).items():
            for side, k in ((1, over), (-1, under)):
                _line(axes, tube.line.s, side * radius[:, k], name, label=side > 0)
        _mark(axes, shown, -reach)
        axes.set(ylabel=f"{360 * start / tube.around:.0f}°, across (mm)", ylim=(-reach, reach), xlim=(0, length))
        axes.grid(visible=False)
    panels[1].set_xlabel("along the centreline (mm)")
    _key(figure, panels[0])
    figure.colorbar(drawn, ax=list(panels), label="attenuation (HU)", shrink=0.7, aspect=25)  # pyright: ignore
    return figure


def slices(shown: Shown, settings: Settings, threshold: str) -> "Figure":
    """Cuts across the vessel at equal distances, with the walls."""
    from matplotlib.figure import Figure

    tube, reach = shown.rays.tube, settings.reach_mm
    figure = Figure(figsize=(TEXT_WIDTH, 2.3), layout="constrained")
    panels = figure.subplots(1, SLICES)
    rows = np.linspace(0, tube.rings - 1, SLICES + 2).astype(int)[1:-1].tolist()
    for axes, row in zip(panels, rows, strict=True):
        axes.imshow(
            _cut(shown, row, reach), cmap=VALUES, vmin=LIMITS_HU[0], vmax=LIMITS_HU[1], origin="lower",
            extent=(-reach, reach, -reach, reach), interpolation="bilinear",
        )  # fmt: skip
        angle = np.append(tube.angles, tube.angles[0])
        for name, radius in walls(shown, threshold).items():
            r = np.append(radius[row], radius[row, 0])
            _line(axes, r * np.cos(angle), r * np.sin(angle), name)
        sick = shown.rays.diseased is not None and shown.rays.diseased[row]
        axes.set(title=f"{tube.line.s[row]:.0f} mm" + (" *" if sick else ""), xticks=[], yticks=[])
        axes.grid(visible=False)
    _key(figure, panels[0])
    return figure


def radius_along(shown: Shown, threshold: str) -> "Figure":
    """The radius of the circle with the same area at each ring."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(TEXT_WIDTH, 2.8), layout="constrained")
    axes = figure.subplots()
    s = shown.rays.tube.line.s
    several: Mapping[str, np.ndarray] = walls(shown, threshold) | {ALONE: shown.radii[ALONE]}
    for (name, radius), (colour, _) in zip(several.items(), (SERIES[6], SERIES[0], SERIES[1], SERIES[2]), strict=True):
        mean = np.sqrt((radius**2).mean(axis=1))
        axes.plot(s, mean, label=name, color=colour, linestyle=_LINES[name][1], linewidth=3.5 if name == TRUE else 1.5)
    axes.set_ylim(bottom=0)
    _mark(axes, shown, 0.0)
    axes.set(xlabel="along the centreline (mm)", ylabel="radius (mm)")
    figure.legend(loc="outside upper left", ncols=4, frameon=False)
    return figure


def _line(axes: Any, x: np.ndarray, y: np.ndarray, name: str, label: bool = True) -> None:
    colour, dash, width = _LINES[name]
    axes.plot(x, y, color=colour, linestyle=dash, linewidth=width, label=name if label else None)


def _key(figure: "Figure", axes: Any) -> None:
    """Names of the lines on a grey ground, since one of them is white."""
    lines, names = axes.get_legend_handles_labels()
    figure.legend(lines, names, loc="outside upper left", ncols=4, facecolor=GREY, labelcolor=WHITE)


def _mark(axes: Any, shown: Shown, low: float) -> None:
    """A bar where the vessel is diseased."""
    sick = shown.rays.diseased
    if sick is None or not sick.any():
        return
    s = shown.rays.tube.line.s
    axes.plot(s, np.where(sick, low, np.nan), color=SERIES[4][0], linewidth=6, solid_capstyle="butt", clip_on=False)


def _cut(shown: Shown, row: int, reach: float, size: int = 80) -> np.ndarray:
    """The volume in the plane across the centreline at a ring."""
    from scipy.ndimage import map_coordinates

    line, ticks = shown.rays.tube.line, np.linspace(-reach, reach, size)
    y, x = np.meshgrid(ticks, ticks, indexing="ij")
    places = line.points[row] + x[..., None] * line.first[row] + y[..., None] * line.second[row]
    at = np.moveaxis(indices(places, shown.scan.affine), -1, 0)
    return map_coordinates(shown.scan.volume, at, order=1, mode="nearest")
