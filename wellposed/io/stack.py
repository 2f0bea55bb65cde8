"""The record that every picture reader returns, and the checks that all of them share."""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from wellposed.errors import InputError

LUMINANCE = np.asarray([0.299, 0.587, 0.114], np.float32)  # ITU-R BT.601, as Pillow's "L"


class Stack(NamedTuple):
    """The pictures of one file as they are stored: not yet scaled, padded or resized.

    Attributes:
        images: pictures of shape (height, width), float32; row 0 is the top one.
        names: one for each picture.
        spacing: height and width of a pixel, in any common unit.
        scale: pictures with the same text here share one scale when they are brought to [0, 1].
        full_scale: the value of white where the format fixes it (255 for 8 bit), otherwise None.
        notes: what was done to the pictures, in sentences for the reader of a report.
    """

    images: list[np.ndarray]
    names: list[str]
    spacing: tuple[float, float] = (1.0, 1.0)
    scale: str = ""
    full_scale: float | None = None
    notes: tuple[str, ...] = ()


def stack_from_array(array: np.ndarray, path: Path, label: str) -> Stack:
    """Read an array as pictures: (H, W), (n, H, W), and colours as (H, W, 3 or 4), (n, H, W, 1, 3 or 4).

    An array of shape (a, b, 3) or (a, b, 4) is one colour picture when a and b are at least 8.

    Raises:
        InputError: another number of axes, no pixels, complex numbers, or values that are no numbers.
    """
    array = real_numbers(array, path, label)
    full_scale = 255.0 if array.dtype == np.uint8 else None
    array = array.astype(np.float32)
    notes: tuple[str, ...] = ()
    if array.ndim == 3 and array.shape[2] in (3, 4) and min(array.shape[:2]) >= 8:
        array = array[None]
    if array.ndim == 4 and array.shape[3] in (3, 4):
        array, notes = array[..., :3] @ LUMINANCE, ("colour was turned into luminance (ITU-R BT.601)",)
    if array.ndim == 4 and array.shape[3] == 1:
        array = array[..., 0]
    if array.ndim == 2:
        array = array[None]
    if array.ndim != 3 or 0 in array.shape:
        raise InputError(
            f"{path}: expected pictures of shape (height, width) or (n, height, width) in {label}, "
            f"found shape {array.shape}: reshape it"
        )
    return Stack(list(array), numbered(path.stem, len(array)), full_scale=full_scale, notes=notes)


def numbered(name: str, n: int) -> list[str]:
    """Name n pictures of one file: `name` if there is one, otherwise `name[0]`, `name[1]`, ..."""
    return [name] if n == 1 else [f"{name}[{i}]" for i in range(n)]


def real_numbers(array: np.ndarray, path: Path, label: str) -> np.ndarray:
    """Refuse complex numbers and values that are no numbers; booleans become 0 and 1."""
    if np.iscomplexobj(array):
        raise InputError(
            f"{path}: expected real pictures in {label}, found {array.dtype}: save the magnitude or the real part"
        )
    if array.dtype.kind not in "biuf":
        raise InputError(f"{path}: expected numbers in {label}, found {array.dtype}: save it as float32")
    return array


def finite(array: np.ndarray, path: Path | str, label: str) -> None:
    """Refuse NaN and infinite entries: say how many, and where the first one is."""
    bad = ~np.isfinite(array)
    if bad.any():
        where = tuple(int(i) for i in np.argwhere(bad)[0])
        raise InputError(
            f"{path}: expected finite numbers in {label}, found {int(bad.sum())} of {bad.size} NaN or "
            f"infinite, the first at index {where}: repair or mask them"
        )
