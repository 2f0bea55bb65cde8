"""NIfTI volumes (`.nii`, `.nii.gz`) through nibabel: axial slices, upright."""

import gzip
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from wellposed.errors import InputError
from wellposed.io.stack import Stack, real_numbers


def axial_slices(image: Any) -> tuple[np.ndarray, tuple[float, float, float]]:
    """The axial slices (n, height, width) of a nibabel image, from foot to head, and the spacing of the axes.

    The axes are first brought to the nearest RAS+ order (x to the right, y to the front, z to the head). A
    slice is then shown upright: row 0 is the most anterior one (face up), column 0 is the patient's left
    ("neurological" convention). Of a series of volumes the first one is taken.
    """
    import nibabel

    if len(image.shape) == 2:
        image = image.__class__(np.asarray(image.dataobj)[..., None], image.affine)
    canonical = nibabel.as_closest_canonical(image)
    dx, dy, dz = (float(step) for step in canonical.header.get_zooms()[:3])
    volume = np.asarray(canonical.dataobj)
    volume = volume[..., 0] if volume.ndim == 4 else volume  # (x, y, z)
    return np.transpose(volume[:, ::-1, :], (2, 1, 0)), (dz, dy, dx)


def read_nifti(path: Path) -> tuple[np.ndarray, tuple[float, float, float]]:
    """Read a volume as `axial_slices`.

    Raises:
        InputError: not NIfTI, truncated, or not a volume.
    """
    try:
        image = open_nifti(path)
        shape = image.shape
        if len(shape) in (2, 3, 4) and 0 not in shape:
            return axial_slices(image)
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise _damaged(path, error) from None
    raise InputError(f"{path}: expected a volume with 2 to 4 axes, found shape {shape}: choose another")


def open_nifti(path: Path) -> Any:
    """The nibabel image of a NIfTI-1 or NIfTI-2 file, told apart by their magic text; voxels are read later.

    Raises:
        InputError: not NIfTI, or a header that makes no sense.
    """
    import nibabel
    from nibabel.filebasedimages import ImageFileError
    from nibabel.spatialimages import HeaderDataError

    try:
        with (gzip.open if path.suffix == ".gz" else open)(path, "rb") as stream:
            start = stream.read(348)
        if start[4:8] == b"n+2\0":
            return nibabel.Nifti2Image.from_filename(path)
        if start[344:] == b"n+1\0":
            return nibabel.Nifti1Image.from_filename(path)
    except (ImageFileError, HeaderDataError, OSError, EOFError, ValueError, zlib.error) as error:
        raise _damaged(path, error) from None
    raise InputError(f"{path}: expected a NIfTI volume, found other content: export it anew")


def _damaged(path: Path, error: Exception) -> InputError:
    if isinstance(error, InputError):
        return error
    return InputError(f"{path}: expected a whole NIfTI volume, found a damaged one ({error}): export it anew")


def nifti_stack(path: Path, field: str | None) -> Stack:
    """The axial slices of a volume without its empty ones.

    A slice is empty when it has one value only, or when less than 1 % of its pixels exceed a tenth of the
    volume's 99.9th percentile, both counted from the volume's smallest value.
    """
    slices, (_, dy, dx) = read_nifti(path)
    slices = real_numbers(slices, path, "the volume").astype(np.float32)
    full = _is_full(slices)
    if not full.any():
        raise InputError(f"{path}: expected slices that show something, found {len(full)} empty ones: choose another")
    name = path.name.removesuffix(".gz").removesuffix(".nii")
    dropped = int((~full).sum())
    return Stack(
        [slices[i] for i in np.flatnonzero(full)],
        [f"{name}[{i}]" for i in np.flatnonzero(full)],
        spacing=(dy, dx),
        notes=(f"{dropped} empty slices of {len(full)} were dropped",) if dropped else (),
    )


def _is_full(slices: np.ndarray) -> np.ndarray:
    if not np.isfinite(slices).all():
        return np.ones(len(slices), bool)  # kept, so that the check of the pixels names them
    low, high = slices.min(), np.percentile(slices, 99.9)
    bright = (slices > low + 0.1 * (high - low)).mean((1, 2)) >= 0.01
    return bright & (slices.max((1, 2)) > slices.min((1, 2)))
