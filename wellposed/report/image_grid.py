"""Images in rows with one colour bar a row, and reconstructions above their errors."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from wellposed.report.style import ERRORS, TEXT_WIDTH, VALUES

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Row:
    """Images that share one scale.

    Args:
        images: (title, image of shape (height, width)) from left to right.
        limits: the values of the darkest and the lightest colour; None takes them from the images.
        unit: what the colour bar says, with its unit.
        signed: True draws on a diverging map, symmetric about zero.
    """

    images: Sequence[tuple[str, Any]]
    limits: tuple[float, float] | None = None
    unit: str = ""
    signed: bool = False

    def scale(self) -> tuple[float, float]:
        """The values at the two ends of the colour bar."""
        if self.limits is not None:
            return self.limits
        values = np.concatenate([np.ravel(np.asarray(image)) for _, image in self.images])
        if not self.signed:
            return float(np.nanmin(values)), float(np.nanmax(values))
        largest = float(np.nanmax(np.abs(values))) or 1.0
        return -largest, largest


def image_grid(rows: Sequence[Row], width: float = TEXT_WIDTH) -> "Figure":
    """Draw rows of images, each row with its own colour bar.

    Args:
        rows: the rows from top to bottom.
        width: of the figure, in inches.

    Raises:
        ValueError: there is no image.

    Example:
        >>> row = Row([("truth", np.eye(4)), ("reconstruction", np.eye(4) / 2)], unit="intensity")
        >>> len(image_grid([row]).axes)
        3
    """
    if not any(row.images for row in rows):
        raise ValueError("image_grid expects at least one image, found none: give a Row with images")
    from matplotlib.figure import Figure

    columns = max(len(row.images) for row in rows)
    heights = [_relative_height(row) for row in rows]
    side = (width - 0.75) / columns
    figure = Figure(figsize=(width, sum(heights) * side + sum(map(_room_for_titles, rows))), layout="constrained")
    figure.get_layout_engine().set(w_pad=0.02, h_pad=0.03, wspace=0.02, hspace=0.02)  # pyright: ignore
    axes = figure.subplots(len(rows), columns, squeeze=False, height_ratios=heights)
    for row, line in zip(rows, axes, strict=True):
        _draw_row(figure, row, line)
    return figure


def reconstructions(
    reference: Any,
    images: Mapping[str, Any],
    limits: tuple[float, float] = (0.0, 1.0),
    unit: str = "",
    columns: int = 5,
) -> "Figure":
    """Draw reconstructions of one picture, each above its error, all on the same two scales.

    Args:
        reference: the truth, shape (height, width); it is shown first.
        images: title -> reconstruction of that shape.
        limits: values of black and white.
        unit: of the values.
        columns: how many stand side by side before a new line begins.

    Example:
        >>> figure = reconstructions(np.eye(4), {"half": np.eye(4) / 2})
        >>> [axes.get_title() for axes in figure.axes if axes.get_title()]
        ['truth', 'half']
    """
    reference = np.asarray(reference)
    errors = {title: np.asarray(image) - reference for title, image in images.items()}
    largest = max((float(np.nanmax(np.abs(error))) for error in errors.values()), default=0.0) or 1.0
    tiles = [("truth", reference, None), *((title, images[title], error) for title, error in errors.items())]
    rows = []
    for start in range(0, len(tiles), columns):
        line = tiles[start : start + columns]
        rows.append(Row([(title, image) for title, image, _ in line], limits, unit))
        below = [("", np.full_like(reference, np.nan) if e is None else e) for _, _, e in line]
        rows.append(Row(below, (-largest, largest), "error", signed=True))
    return image_grid(rows)


def _relative_height(row: Row) -> float:
    return max((np.shape(image)[0] / np.shape(image)[1] for _, image in row.images), default=1.0)


def _room_for_titles(row: Row) -> float:
    return 0.25 if any(title for title, _ in row.images) else 0.06


def _draw_row(figure: "Figure", row: Row, line: Any) -> None:
    low, high = row.scale()
    drawn = None
    for axes in line:
        axes.set_axis_off()
    for axes, (title, image) in zip(line, row.images, strict=False):
        drawn = axes.imshow(np.asarray(image), cmap=ERRORS if row.signed else VALUES, vmin=low, vmax=high)
        axes.set_title(title, fontsize=8.5, fontweight="normal", pad=3)
    if drawn is not None:
        bar = figure.colorbar(drawn, ax=list(line), shrink=0.9, aspect=14, pad=0.01)
        bar.outline.set_visible(False)  # pyright: ignore
        bar.set_label(row.unit, fontsize=8.5)
        bar.ax.tick_params(labelsize=8)
        bar.locator = _locator(low, high)
        bar.update_ticks()


def _locator(low: float, high: float) -> Any:
    from matplotlib.ticker import MaxNLocator

    return MaxNLocator(nbins=2 if math.isclose(low, -high) else 3)
