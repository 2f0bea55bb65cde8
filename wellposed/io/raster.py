"""PNG, JPEG and TIFF files, through Pillow."""

from pathlib import Path

import numpy as np

from wellposed.errors import InputError
from wellposed.io.stack import LUMINANCE, Stack, numbered

_WHITE = {"uint8": 255.0, "bool": 1.0}


def raster_stack(path: Path, field: str | None) -> Stack:
    """The pictures of a raster file, all pages of a TIFF; colours become luminance, transparency is dropped.

    Raises:
        InputError: not a picture that Pillow can read, or a truncated one.
    """
    from PIL import Image, ImageSequence, UnidentifiedImageError

    try:
        with Image.open(path) as file:
            pages = [_page(page) for page in ImageSequence.Iterator(file)]
    except UnidentifiedImageError:
        raise InputError(
            f"{path}: expected a {path.suffix[1:].upper()} picture, found other content: export it anew"
        ) from None
    except (OSError, SyntaxError, ValueError, EOFError, Image.DecompressionBombError) as error:
        raise InputError(f"{path}: expected a whole picture, found a damaged one ({error}): copy it anew") from None
    coloured = any(page.ndim == 3 for page in pages)
    return Stack(
        [np.asarray(page @ LUMINANCE if page.ndim == 3 else page, np.float32) for page in pages],
        numbered(path.stem, len(pages)),
        scale=f"raster {pages[0].dtype}",
        full_scale=_WHITE.get(str(pages[0].dtype)),
        notes=("colour was turned into luminance (ITU-R BT.601)",) if coloured else (),
    )


def _page(page) -> np.ndarray:
    """One page as (H, W), or (H, W, 3) where the colours differ."""
    if page.mode not in ("1", "L", "I", "F", "I;16", "I;16L", "I;16B"):
        page = page.convert("LA").getchannel("L") if page.mode in ("LA", "La") else page.convert("RGB")
    array = np.asarray(page)
    if array.ndim == 3 and (array == array[..., :1]).all():
        return array[..., 0]
    return array
