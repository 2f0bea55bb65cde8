"""Matrices side by side on one signed scale: what a learned Sigma looks like beside the classical one."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from wellposed.report.style import ERRORS, MUTED, TEXT_WIDTH

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def matrices(items: Mapping[str, Any], label: str = "entry", quantile: float = 0.995) -> "Figure":
    """Draw matrices with one diverging colour scale, symmetric about zero.

    Args:
        items: title -> matrix of shape (rows, columns).
        label: what an entry is, with its unit.
        quantile: the share of all absolute entries (zeros left out) that the colours span; the few beyond it
            are drawn at the end of the scale, so that one outlier does not bleach the rest.

    Example:
        >>> figure = matrices({"Tikhonov": np.eye(3), "learned": np.eye(3) + 0.1})
        >>> [axes.get_title() for axes in figure.axes[:2]]
        ['Tikhonov', 'learned']
    """
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize
    from matplotlib.figure import Figure

    arrays = {title: np.asarray(matrix, dtype=float) for title, matrix in items.items()}
    sizes = np.concatenate([np.abs(matrix[matrix != 0]) for matrix in arrays.values()])
    largest = float(np.quantile(sizes, quantile)) if sizes.size else 1.0
    side = (TEXT_WIDTH - 0.8) / len(arrays)
    figure = Figure(figsize=(TEXT_WIDTH, min(side, 3.6) + 0.2), layout="constrained")
    panels = figure.subplots(1, len(arrays), squeeze=False)[0]
    scale = ScalarMappable(Normalize(-largest, largest), ERRORS)
    for axes, (title, matrix) in zip(panels, arrays.items(), strict=True):
        axes.imshow(matrix, cmap=scale.cmap, norm=scale.norm)
        axes.set_title(title, fontsize=9, fontweight="normal")
        axes.grid(visible=False)
        axes.set_xticks([0, matrix.shape[1] - 1], ["1", str(matrix.shape[1])])
        axes.set_yticks([0, matrix.shape[0] - 1], ["1", str(matrix.shape[0])])
        axes.spines[:].set(visible=True, color=MUTED[0])
    bar = figure.colorbar(scale, ax=list(panels), shrink=0.85, aspect=18, pad=0.01, extend="both", label=label)
    bar.outline.set_visible(False)  # pyright: ignore
    return figure
