"""Reconstructions of one picture as tiles that reflow on a phone, each above its error."""

import base64
import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from wellposed.report.item import Item
from wellposed.report.press import Press, escape, number_text
from wellposed.report.style import ERRORS, VALUES


@dataclass(frozen=True)
class Gallery(Item):
    """The truth and its reconstructions, all on one scale, with signed errors below on another.

    A click (or the space bar) on a tile shows the truth in its place, so that the eye sees what moves.

    Args:
        truth: the true picture, shape (height, width).
        images: title -> reconstruction of that shape.
        caption: what one sees, for a reader outside the project.
        notes: title -> a few words under the title, such as `27.8 dB`.
        limits: the values of black and white.
        unit: of the values, or empty.

    Raises:
        ValueError: a reconstruction has another shape than the truth.

    Example:
        >>> gallery = Gallery(np.eye(4), {"half": np.eye(4) / 2}, "A diagonal, and half of it.")
        >>> gallery.html(Press()).count('<p class="title')
        2
    """

    truth: Any
    images: Mapping[str, Any]
    caption: str
    notes: Mapping[str, str] | None = None
    limits: tuple[float, float] = (0.0, 1.0)
    unit: str = ""

    def __post_init__(self) -> None:
        for title, image in self.images.items():
            if np.shape(image) != np.shape(self.truth):
                raise ValueError(
                    f"Gallery expects images of shape {np.shape(self.truth)}, the shape of the truth, "
                    f"found {np.shape(image)} for {title!r}"
                )

    def html(self, press: Press) -> str:
        """The tiles, the two scales and the caption as HTML."""
        number = press.number("Figure")
        truth = np.asarray(self.truth, dtype=float)
        errors = {title: np.asarray(image, dtype=float) - truth for title, image in self.images.items()}
        largest = max((float(np.nanmax(np.abs(error))) for error in errors.values()), default=0.0) or 1.0
        source = _png(truth, self.limits, VALUES)
        tiles = [f'<div class="tile">{_title("truth")}{_image(source, "the truth")}</div>']
        tiles += [self._tile(title, error, largest) for title, error in errors.items()]
        return (
            f'<figure class="gallery" id="figure-{number}">'
            f'<div class="tiles" data-truth="{source}">{"".join(tiles)}</div>'
            f'<div class="scales">{_scale(self.limits, VALUES, self.unit or "value")}'
            f"{_scale((-largest, largest), ERRORS, 'reconstruction − truth')}</div>"
            f"<figcaption>{press.caption('Figure', number, self.caption)} "
            '<span class="hint">Click a tile to see the truth in its place.</span></figcaption></figure>'
        )

    def _tile(self, title: str, error: np.ndarray, largest: float) -> str:
        note = (self.notes or {}).get(title, "")
        image = _png(np.asarray(self.images[title], dtype=float), self.limits, VALUES)
        label = f"{title}: show the truth in its place"
        return (
            f'<div class="tile">{_title(title, note)}'
            f'<button type="button" aria-pressed="false" aria-label="{escape(label)}">'
            f"{_image(image, f'reconstruction by {title}')}</button>"
            f"{_image(_png(error, (-largest, largest), ERRORS), f'error of {title}')}"
            "</div>"
        )


def _title(title: str, note: str = "") -> str:
    return f'<p class="title">{escape(title)}' + (f'<span class="note">{escape(note)}</span>' if note else "") + "</p>"


def _image(source: str, alt: str) -> str:
    return f'<img src="{source}" alt="{escape(alt)}">'


def _scale(limits: tuple[float, float], colours: str, label: str) -> str:
    """A colour bar with its two ends."""
    bar = _png(np.linspace(*limits, 256)[None, :], limits, colours)
    low, high = (number_text(end) for end in limits)
    return (
        f'<p class="scale"><span>{low}</span><img src="{bar}" alt="colour scale">'
        f"<span>{high}</span> {escape(label)}</p>"
    )


def _png(values: np.ndarray, limits: tuple[float, float], colours: str) -> str:
    """An image as a PNG of 256 colours that keeps its own pixels, as a data URL."""
    from matplotlib import colormaps
    from PIL import Image

    low, high = limits
    levels = np.clip(np.nan_to_num((values - low) / ((high - low) or 1.0)), 0, 1)
    picture = Image.fromarray(np.round(255 * levels).astype(np.uint8))
    if colours != VALUES:
        picture.putpalette(colormaps[colours](np.arange(256), bytes=True)[:, :3].tobytes())
    stream = io.BytesIO()
    picture.save(stream, format="PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(stream.getvalue()).decode()
