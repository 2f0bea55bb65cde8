"""Pictures that move: a small GIF inside the page."""

import base64
import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from wellposed.report.item import Item
from wellposed.report.press import Press, escape
from wellposed.report.style import PAPER, style

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Animation(Item):
    """Drawings shown one after the other, again and again, as one GIF that needs no other file.

    Args:
        frames: a function without arguments that gives the figures, all of one size; it is called in the library's
            style. Some 40 of them are enough. It may move what is drawn in one figure and give that again and again,
            which is faster.
        caption: what one sees, for a reader outside the project.
        alt: what the animation says, in words, for those who cannot see it.
        seconds: how long a round lasts.

    Raises:
        ValueError: `frames` is no function; on the page, it gives no figure.

    Example:
        >>> from wellposed.report import curves
        >>> frames = lambda: (curves({"wave": ([0, 1], [k, -k])}, "x", "u", height=1.0) for k in (1, 2))
        >>> "data:image/gif;base64," in Animation(frames, "A wave.", "It turns.").html(Press())
        True
    """

    frames: Callable[[], Iterable["Figure"]]
    caption: str
    alt: str
    seconds: float = 4.0

    def __post_init__(self) -> None:
        if not callable(self.frames):
            raise ValueError("Animation expects a function that gives figures, found figures: give lambda: figures")

    def html(self, press: Press) -> str:
        """The animation with its number and caption as HTML."""
        number = press.number("Figure")
        gif, width, height = _gif(self.frames, self.seconds)
        data = base64.b64encode(gif).decode()
        return (
            f'<figure class="picture" id="figure-{number}"><div class="scroll" tabindex="0" role="region" '
            f'aria-label="Figure {number}"><img src="data:image/gif;base64,{data}" width="{width}" '
            f'height="{height}" style="--natural:{width}px" alt="{escape(self.alt)}"></div>'
            f"<figcaption>{press.caption('Figure', number, self.caption)}</figcaption></figure>"
        )


def _gif(frames: Callable[[], Iterable["Figure"]], seconds: float) -> tuple[bytes, int, int]:
    """The GIF with its width and height; all frames have the colours of the first."""
    from PIL import Image

    with style():
        pictures = [_drawn(figure) for figure in frames()]
    if not pictures:
        raise ValueError("Animation expects at least one frame, found none: give a function that gives figures")
    first = pictures[0].quantize(64)
    rest = [picture.quantize(palette=first, dither=Image.Dither.NONE) for picture in pictures[1:]]
    stream = io.BytesIO()
    pause = max(20, round(1000 * seconds / len(pictures)))
    first.save(stream, format="GIF", save_all=True, append_images=rest, duration=pause, loop=0, optimize=True)
    return stream.getvalue(), *first.size


def _drawn(figure: "Figure") -> Any:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from PIL import Image

    figure.set_facecolor(PAPER[0])  # a GIF has no dark mode: its paper is white
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
