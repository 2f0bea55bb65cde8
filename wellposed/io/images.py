"""Any picture file, or a folder of them, as one array of pictures in [0, 1]."""

import os
import re
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, TypeAlias

import numpy as np

from wellposed.errors import InputError
from wellposed.io.dicom import dicom_stack
from wellposed.io.fields import split_field
from wellposed.io.hdf5 import hdf5_stack
from wellposed.io.idx import idx_stack, is_idx
from wellposed.io.nifti import nifti_stack
from wellposed.io.numpy_file import npy_stack, npz_stack
from wellposed.io.raster import raster_stack
from wellposed.io.scale import fit_square, to_unit, value_range
from wellposed.io.stack import Stack, finite

Reader: TypeAlias = Callable[[Path, str | None], Stack]

_READERS: dict[str, Reader] = {
    ".png": raster_stack,
    ".jpg": raster_stack,
    ".jpeg": raster_stack,
    ".tif": raster_stack,
    ".tiff": raster_stack,
    ".dcm": dicom_stack,
    ".dicom": dicom_stack,
    ".ima": dicom_stack,
    ".nii": nifti_stack,
    ".nii.gz": nifti_stack,
    ".npy": npy_stack,
    ".npz": npz_stack,
    ".h5": hdf5_stack,
    ".hdf5": hdf5_stack,
}
_KINDS: dict[Reader, str] = {
    raster_stack: "raster pictures",
    dicom_stack: "DICOM",
    nifti_stack: "NIfTI, axial slices",
    npy_stack: "NumPy array",
    npz_stack: "NumPy archive",
    hdf5_stack: "HDF5",
    idx_stack: "IDX",
}


class Pictures(NamedTuple):
    """Pictures read from files.

    Attributes:
        images: shape (n, height, width), float32 in [0, 1]; row 0 is the top one.
        names: n names, by file and position in the file.
        source: the file or folder.
        kind: the format, in words.
        notes: what was done to the pictures (slices dropped, colours removed, files passed over), in
            sentences.
    """

    images: np.ndarray
    names: list[str]
    source: str
    kind: str
    notes: tuple[str, ...] = ()


def read_images(path: str | os.PathLike[str], size: int | None = None, field: str | None = None) -> Pictures:
    """Read pictures from a file or a folder, and scale them to [0, 1].

    Formats: PNG, JPEG, TIFF, DICOM (also multi-frame), NIfTI (axial slices, upright, empty ones dropped),
    `.npy`, `.npz`, HDF5 and IDX (also gzipped). A folder is read with all its subfolders, in natural order
    (`slice2` before `slice10`); hidden files and files of other kinds are passed over and counted in `notes`.

    Scale: black and white are chosen for the pictures of one file together (for the files of one DICOM series
    together, and for all raster pictures of one depth in a folder together): 0 and 255 for 8-bit pictures, 0
    and 1 where the values lie there already, otherwise the 0.1st and 99.9th percentile, and clipped.

    Args:
        path: a file or a folder; `scans.h5:group/name` names a field of an HDF5 or `.npz` file.
        size: side of the square in pixels that each picture is resized to (anti-aliased, with square pixels)
            and padded to with 0; None keeps the shapes, which must then agree.
        field: the field, where `path` does not name it.

    Returns:
        The pictures.

    Raises:
        InputError: no such path, nothing readable in the folder, a damaged file, NaN or infinite pixels, a
            picture of one value, complex or pickled data, a missing or ambiguous field, or shapes that
            differ.

    Example:
        >>> import tempfile
        >>> path = tempfile.mkdtemp() + "/x.npy"
        >>> np.save(path, np.arange(12.0).reshape(3, 4))
        >>> read_images(path, size=4).images.shape
        (1, 4, 4)
    """
    if size is not None and size < 1:
        raise InputError(f"size: expected at least 1 pixel, found {size}: give a positive number")
    found, field = split_field(path, field)
    files, notes = _files(found)
    stacks = [(file, reader, reader(file, field)) for file, reader in files]
    for file, _, stack in stacks:
        _check(stack, file)
    images = _scaled([(file, stack) for file, _, stack in stacks], size)
    _same_shape(images, found)
    names = [_name(found, file, name) for file, _, stack in stacks for name in stack.names]
    kinds = sorted({_KINDS[reader] for _, reader, _ in stacks})
    notes += [note for _, _, stack in stacks for note in stack.notes]
    return Pictures(np.stack(images), names, str(path), ", ".join(kinds), tuple(_counted(notes)))


def reader_of(path: Path) -> Reader | None:
    """The reader for a file, by its name; a file without a suffix is DICOM when it says so at byte 128."""
    if is_idx(path):
        return idx_stack
    name = path.name.lower()
    suffix = ".nii.gz" if name.endswith(".nii.gz") else path.suffix.lower()
    if suffix in _READERS:
        return _READERS[suffix]
    with path.open("rb") as stream:
        return dicom_stack if stream.read(132)[128:] == b"DICM" and path.name != "DICOMDIR" else None


def natural(path: Path) -> list[tuple[int, int | str]]:
    """Sort key by which `slice2` comes before `slice10`."""
    return [(0, int(part)) if part.isdigit() else (1, part) for part in re.split(r"(\d+)", str(path).lower())]


def _files(path: Path) -> tuple[list[tuple[Path, Reader]], list[str]]:
    known = "png, jpg, tiff, dcm, nii, nii.gz, npy, npz, h5, hdf5, idx"
    if not path.exists():
        raise InputError(f"{path}: expected a picture file or a folder, found no such path: check the spelling")
    if path.is_file():
        reader = reader_of(path)
        if reader is None:
            raise InputError(f"{path}: expected a picture file ({known}), found '{path.suffix}': convert it")
        return [(path, reader)], []
    inside = sorted((file for file in path.rglob("*") if file.is_file() and not _hidden(file, path)), key=natural)
    readers = [(file, reader_of(file)) for file in inside]
    files = [(file, reader) for file, reader in readers if reader is not None]
    if not files:
        content = f"{len(inside)} files of other kinds" if inside else "an empty folder"
        raise InputError(f"{path}: expected picture files ({known}), found {content}: choose another folder")
    passed = len(inside) - len(files)
    return files, [f"{passed} files that are no pictures were passed over"] if passed else []


def _hidden(file: Path, root: Path) -> bool:
    return any(part.startswith(".") for part in file.relative_to(root).parts)


def _check(stack: Stack, file: Path) -> None:
    for image, name in zip(stack.images, stack.names, strict=True):
        finite(image, file, f"picture {name}")
        if image.min() == image.max():
            raise InputError(
                f"{file}: expected a picture that shows something, found the one value {image.flat[0]:g} "
                f"everywhere in {name}: remove it"
            )


def _scaled(stacks: list[tuple[Path, Stack]], size: int | None) -> list[np.ndarray]:
    together: dict[str, list[np.ndarray]] = defaultdict(list)
    for file, stack in stacks:
        together[stack.scale or str(file)] += stack.images
    images = []
    ranges: dict[str, tuple[float, float]] = {}
    for file, stack in stacks:
        group = stack.scale or str(file)
        if group not in ranges:
            ranges[group] = value_range(together[group], stack.full_scale)
        scaled = (to_unit(image, *ranges[group]) for image in stack.images)
        images += [image if size is None else fit_square(image, size, stack.spacing) for image in scaled]
    return images


def _same_shape(images: list[np.ndarray], path: Path) -> None:
    shapes = Counter(image.shape for image in images)
    if len(shapes) > 1:
        listing = ", ".join(f"{n} of {shape}" for shape, n in shapes.most_common(3))
        raise InputError(f"{path}: expected pictures of one shape, found {listing}: give a size to resize them to")


def _name(root: Path, file: Path, name: str) -> str:
    folder = file.parent.relative_to(root).as_posix() if root.is_dir() else "."
    return name if folder == "." else f"{folder}/{name}"


def _counted(notes: list[str]) -> list[str]:
    return [note if n == 1 else f"{note} (in {n} files)" for note, n in Counter(notes).items()]
