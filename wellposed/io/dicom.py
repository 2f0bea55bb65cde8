"""DICOM files, single and multi-frame, through pydicom."""

from pathlib import Path

import numpy as np

from wellposed.errors import InputError
from wellposed.io.stack import LUMINANCE, Stack, numbered

# Nothing absorbs less than air: what lies below is padding, perhaps blurred by a lossy compression.
AIR_HU = -1024.0


def dicom_stack(path: Path, field: str | None) -> Stack:
    """The frames of a DICOM file in its modality's units (Hounsfield for CT), as a viewer would lay them out.

    Rescale slope and intercept (or the modality table) are applied, padding pixels get the smallest value of
    the others, CT values below -1024 HU (which air cannot have) become -1024, MONOCHROME1 (white is small) is
    inverted, and colours become luminance. Files of one series share one scale.

    Raises:
        InputError: not DICOM, no pixel data, truncated, or compressed by a scheme with no decoder installed.
    """
    import pydicom
    from pydicom.errors import InvalidDicomError
    from pydicom.pixels.utils import pixel_array

    try:
        data = pydicom.dcmread(path)
    except (InvalidDicomError, OSError, EOFError, ValueError, KeyError) as error:
        raise InputError(
            f"{path}: expected a DICOM file, found something else ({_first(error)}): export it anew"
        ) from None
    if "PixelData" not in data and "FloatPixelData" not in data and "DoubleFloatPixelData" not in data:
        kind = data.get("Modality") or "unknown modality"
        raise InputError(f"{path}: expected a DICOM picture, found no pixel data ({kind}): choose another file")
    try:
        stored = pixel_array(data)
    except Exception as error:  # every decoder plugin raises what it likes
        raise InputError(
            f"{path}: expected readable DICOM pixels, found {_first(error)}: export it uncompressed"
        ) from None
    images, coloured = _frames(data, stored)
    spacing = data.get("PixelSpacing") or (1.0, 1.0)
    return Stack(
        list(images),
        numbered(path.stem, len(images)),
        spacing=(float(spacing[0]), float(spacing[1])),
        scale=f"series {data.get('SeriesInstanceUID', path)}",
        full_scale=255.0 if coloured and stored.dtype == np.uint8 else None,
        notes=("colour was turned into luminance (ITU-R BT.601)",) if coloured else (),
    )


def _frames(data, stored: np.ndarray) -> tuple[np.ndarray, bool]:
    """The frames (n, H, W) in the modality's units, and whether they were coloured."""
    from pydicom.pixels.processing import apply_color_lut, apply_rescale

    if data.PhotometricInterpretation == "PALETTE COLOR":
        stored = apply_color_lut(stored, data)
    frames = int(data.get("NumberOfFrames") or 1)
    stored = stored if frames > 1 else stored[None]  # (n, H, W) or (n, H, W, 3)
    if stored.ndim == 4:
        return stored[..., :3].astype(np.float32) @ LUMINANCE, True
    padding = stored == data.get("PixelPaddingValue", None)
    images = np.asarray(apply_rescale(stored, data), np.float32)
    if data.get("Modality") == "CT":
        images = np.maximum(images, AIR_HU)
    if np.any(padding) and not np.all(padding):
        images = np.where(padding, images[~padding].min(), images)
    if data.PhotometricInterpretation == "MONOCHROME1":
        images = images.max() + images.min() - images
    return images, False


def _first(error: Exception) -> str:
    """The first sentence of a long report."""
    return (str(error) or type(error).__name__).splitlines()[0].rstrip(".: ")
