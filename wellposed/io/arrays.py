"""Plain arrays in the formats that people have, so that an answer can have its input's format."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from wellposed.errors import InputError
from wellposed.io.atomic import atomic_write
from wellposed.io.fields import split_field
from wellposed.io.hdf5 import read_hdf5
from wellposed.io.idx import is_idx, read_idx
from wellposed.io.nifti import open_nifti, read_nifti
from wellposed.io.numpy_file import read_npy, read_npz
from wellposed.io.raster import raster_stack
from wellposed.io.stack import finite

_FORMATS = ".npy, .npz, .h5, .hdf5, .nii, .nii.gz, .png"


def read_array(path: str | os.PathLike[str], field: str | None = None) -> np.ndarray:
    """Read one array of numbers, unscaled: measurements, pictures or volumes of any shape.

    `.npy`, `.npz`, HDF5 and IDX give the array as stored. A NIfTI volume gives axial slices (n, height,
    width) as `read_images` shows them (no slice dropped, values as stored), and (height, width) if it has one
    slice only. A PNG gives (height, width) in [0, 1], black to white of its depth.

    Args:
        path: the file; `data.h5:group/name` names a field of an HDF5 or `.npz` file.
        field: the field, where `path` does not name it.

    Returns:
        float32, or complex64 where the file holds complex numbers.

    Raises:
        InputError: no such file, another format, a damaged file, pickled data, NaN or infinite entries, or a
            missing or ambiguous field.

    Example:
        >>> import tempfile
        >>> path = tempfile.mkdtemp() + "/y.npz"
        >>> write_array(path, np.eye(2))
        >>> read_array(path)
        array([[1., 0.],
               [0., 1.]], dtype=float32)
    """
    file, field = split_field(path, field)
    suffix = _suffix(file)
    if not file.is_file():
        found = "a folder" if file.is_dir() else "no such file"
        raise InputError(f"{file}: expected a file with an array ({_FORMATS}), found {found}: check the path")
    if suffix not in _READERS and not is_idx(file):
        raise InputError(f"{file}: expected {_FORMATS} or IDX, found '{suffix}': convert it")
    array = read_idx(file) if is_idx(file) else _READERS[suffix](file, field)
    if array.dtype.kind not in "biufc":
        raise InputError(f"{file}: expected numbers, found {array.dtype}: save them as float32")
    finite(array, file, "the array")
    return array.astype(np.complex64 if np.iscomplexobj(array) else np.float32)


def write_array(
    path: str | os.PathLike[str],
    array: Any,
    field: str = "x",
    like: str | os.PathLike[str] | None = None,
) -> None:
    """Write one array, atomically, in the format that the suffix names.

    Args:
        path: where to write: `.npy`, `.npz`, `.h5`/`.hdf5`, `.nii`/`.nii.gz` or `.png`.
        array: any shape for `.npy`, `.npz` and HDF5; real (n, height, width) or (height, width) for NIfTI,
            where slices become axial ones, upright as `read_array` gives them; real (height, width) for PNG,
            where [0, 1] becomes 16 bit grey and what lies outside is clipped.
        field: the name of the array inside `.npz` and HDF5.
        like: a NIfTI file whose voxel size and origin are kept where the new volume has its shape.

    Raises:
        InputError: another suffix, or a shape or kind of number that the format does not hold.

    Example:
        >>> import tempfile
        >>> path = tempfile.mkdtemp() + "/x.png"
        >>> write_array(path, np.asarray([[0.0, 0.5], [1.0, 2.0]]))
        >>> read_array(path).round(2)
        array([[0. , 0.5],
               [1. , 1. ]], dtype=float32)
    """
    path, array = Path(path), np.asarray(array)
    suffix = _suffix(path)
    if suffix not in _WRITERS:
        raise InputError(f"{path}: expected a suffix among {_FORMATS}, found '{suffix}': choose one of them")
    if array.dtype.kind not in "biufc":
        raise InputError(f"{path}: expected numbers to write, found {array.dtype}: convert them first")
    with atomic_write(path) as part:
        _WRITERS[suffix](part, array, path, field, like)


def _suffix(path: Path) -> str:
    return ".nii.gz" if path.name.lower().endswith(".nii.gz") else path.suffix.lower()


def _read_slices(path: Path) -> np.ndarray:
    slices, _ = read_nifti(path)
    return slices[0] if len(slices) == 1 else slices


def _read_png(path: Path) -> np.ndarray:
    stack = raster_stack(path, None)
    return stack.images[0] / (stack.full_scale or 65535.0)


def _write_npy(part: Path, array: np.ndarray, path: Path, field: str, like: Any) -> None:
    with part.open("wb") as stream:
        np.save(stream, array, allow_pickle=False)


def _write_npz(part: Path, array: np.ndarray, path: Path, field: str, like: Any) -> None:
    with part.open("wb") as stream:
        np.savez_compressed(stream, allow_pickle=False, **{field: array})


def _write_hdf5(part: Path, array: np.ndarray, path: Path, field: str, like: Any) -> None:
    import h5py

    with h5py.File(part, "w") as file:
        file.create_dataset(field, data=array)


def _write_nifti(part: Path, array: np.ndarray, path: Path, field: str, like: Any) -> None:
    import nibabel

    if array.ndim not in (2, 3) or np.iscomplexobj(array):
        raise InputError(
            f"{path}: expected real slices of shape (n, height, width) for NIfTI, found {array.dtype} of "
            f"shape {array.shape}: write .npy instead"
        )
    slices = array if array.ndim == 3 else array[None]
    volume = np.transpose(slices, (2, 1, 0))[:, ::-1, :].astype(np.float32)
    nibabel.Nifti1Image(volume, _affine(volume.shape, like)).to_filename(part)


def _affine(shape: tuple[int, ...], like: Any) -> np.ndarray:
    """The voxel-to-world map of `like` if it has this shape, otherwise 1 mm voxels about the origin."""
    import nibabel

    if like is not None and _suffix(Path(like)) in (".nii", ".nii.gz"):
        model = nibabel.as_closest_canonical(open_nifti(Path(like)))
        if model.shape[:3] == shape:
            return np.asarray(model.affine)
    affine = np.eye(4)
    affine[:3, 3] = -0.5 * (np.asarray(shape) - 1)
    return affine


def _write_png(part: Path, array: np.ndarray, path: Path, field: str, like: Any) -> None:
    from PIL import Image

    if array.ndim != 2 or np.iscomplexobj(array):
        raise InputError(
            f"{path}: expected one real picture of shape (height, width) for PNG, found {array.dtype} of "
            f"shape {array.shape}: write .npy instead"
        )
    levels = np.round(np.clip(array, 0.0, 1.0) * 65535.0).astype(np.uint16)
    Image.fromarray(levels).save(part, format="PNG")


_READERS: dict[str, Callable[[Path, str | None], np.ndarray]] = {
    ".npy": lambda path, field: read_npy(path),
    ".npz": read_npz,
    ".h5": read_hdf5,
    ".hdf5": read_hdf5,
    ".nii": lambda path, field: _read_slices(path),
    ".nii.gz": lambda path, field: _read_slices(path),
    ".png": lambda path, field: _read_png(path),
}
_WRITERS: dict[str, Callable[[Path, np.ndarray, Path, str, Any], None]] = {
    ".npy": _write_npy,
    ".npz": _write_npz,
    ".h5": _write_hdf5,
    ".hdf5": _write_hdf5,
    ".nii": _write_nifti,
    ".nii.gz": _write_nifti,
    ".png": _write_png,
}
