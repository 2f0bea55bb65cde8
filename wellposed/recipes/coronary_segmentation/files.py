"""Volumes, centrelines and lumen masks in files."""

import dataclasses
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from wellposed.errors import InputError
from wellposed.io import read_table
from wellposed.io.nifti import open_nifti

from .scan import Scan, level_of

SUFFIXES = (".nii.gz", ".nii")
MILLIMETRES = {"mm": 1.0, "unknown": 1.0, "meter": 1e3, "micron": 1e-3}
MARGIN_MM = 15.0  # of a volume about the centreline
LEAST = 3  # volumes: to learn from, to choose by, to judge on


def read_folder(folder: Path) -> list[Scan]:
    """All volumes of a folder that have a lumen mask beside them, in the order of their names.

    Raises:
        InputError: no folder, fewer than three volumes, or a bad file.
    """
    if not folder.is_dir():
        raise InputError(f"{folder}: expected a folder of volumes, found none: check the path")
    names = sorted(path for path in folder.iterdir() if path.name.endswith(SUFFIXES))
    volumes = [path for path in names if not stem(path).endswith(".lumen")]
    if len(volumes) < LEAST:
        raise InputError(
            f"{folder}: expected at least {LEAST} volumes NAME.nii.gz, found {len(volumes)}: one to learn from, one to "
            "choose by, one to judge on"
        )
    return [read_scan(path, with_lumen=True) for path in volumes]


def stem(path: Path) -> str:
    """The name of a volume without its suffix."""
    return path.name.removesuffix(".gz").removesuffix(".nii")


def read_scan(path: Path, with_lumen: bool = False) -> Scan:
    """A volume NAME.nii.gz with NAME.centreline.csv and, if asked, NAME.lumen.nii.gz beside it.

    Raises:
        InputError: a file is missing or damaged, the volume holds NaN, the centreline is not in the volume or the
            lumen, or the mask is of another shape.
    """
    if not path.is_file() or not path.name.endswith(SUFFIXES):
        raise InputError(f"{path}: expected a NIfTI volume (.nii, .nii.gz), found none: check the path")
    volume, affine = _volume(path)
    if not np.isfinite(volume).all():
        count = int((~np.isfinite(volume)).sum())
        raise InputError(f"{path}: expected finite numbers, found {count} of {volume.size} that are not: repair them")
    beside = path.parent / f"{stem(path)}.centreline.csv"
    points, diseased = _centreline(beside)
    _check_inside(beside, points, volume.shape, affine)
    scan = Scan(stem(path), volume, affine, points, diseased=diseased)
    if not with_lumen:
        return scan.cropped(MARGIN_MM)
    scan = dataclasses.replace(scan, lumen=_lumen(scan, path)).cropped(MARGIN_MM)
    return scan if scan.lumen is None else dataclasses.replace(scan, level=level_of(scan.lumen, scan.spacing))


def _volume(path: Path) -> tuple[np.ndarray, np.ndarray]:
    image = open_nifti(path)
    shape = image.shape
    if len([n for n in shape if n > 1]) != 3 or any(n > 1 for n in shape[3:]):
        raise InputError(f"{path}: expected one volume with three axes, found shape {shape}: export it alone")
    try:
        values = np.asarray(image.dataobj)
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise InputError(f"{path}: expected a whole volume, found a damaged one ({error}): export it anew") from None
    if values.dtype.kind not in "iufb":
        raise InputError(f"{path}: expected real numbers, found {values.dtype}: export attenuation in HU")
    affine = np.asarray(image.affine, np.float64)
    if not np.isfinite(affine).all() or abs(np.linalg.det(affine[:3, :3])) < 1e-12:
        raise InputError(f"{path}: expected an affine map that can be inverted, found none: export it anew")
    scale = np.diag([MILLIMETRES[image.header.get_xyzt_units()[0]]] * 3 + [1.0])
    return np.asarray(values, np.float32).reshape(shape[:3]), scale @ affine


def _centreline(path: Path) -> tuple[np.ndarray, np.ndarray | None]:
    table: Any = read_table(path).values
    if table.shape[1] not in (3, 4) or len(table) < 2:
        raise InputError(
            f"{path}: expected at least 2 rows of x, y, z in mm and perhaps 0 or 1 for diseased, "
            f"found {table.shape[0]} rows of {table.shape[1]}: correct the table"
        )
    keep = np.append(True, np.linalg.norm(np.diff(table[:, :3], axis=0), axis=1) > 1e-9)
    if keep.sum() < 2:
        raise InputError(f"{path}: expected points along a vessel, found one place again and again: correct the table")
    return table[keep, :3], table[keep, 3] > 0.5 if table.shape[1] == 4 else None


def _check_inside(path: Path, points: np.ndarray, shape: tuple[int, ...], affine: np.ndarray) -> None:
    inverse = np.linalg.inv(affine)
    at = points @ inverse[:3, :3].T + inverse[:3, 3]
    outside = ((at < -0.5) | (at > np.asarray(shape) - 0.5)).any(axis=1)
    if outside.any():
        row = int(np.argmax(outside))
        raise InputError(
            f"{path}: expected points in the volume, found {int(outside.sum())} of {len(points)} outside, the first "
            f"({', '.join(f'{x:.1f}' for x in points[row])}) mm in row {row + 1}: give x, y, z in mm in the world of "
            "the volume's affine map (ITK and DICOM turn the signs of x and y)"
        )


def _lumen(scan: Scan, path: Path) -> np.ndarray:
    beside = [path.parent / f"{stem(path)}.lumen{suffix}" for suffix in SUFFIXES]
    mask = next((one for one in beside if one.is_file()), None)
    if mask is None:
        raise InputError(f"{beside[0]}: expected a mask of the lumen, found no such file: segment it, or leave out")
    values, affine = _volume(mask)
    if values.shape != scan.volume.shape or not np.allclose(affine, scan.affine, atol=1e-3):
        raise InputError(
            f"{mask}: expected the grid of {path.name}, of shape {scan.volume.shape}, found shape {values.shape} or "
            "another affine map: resample the mask"
        )
    lumen = values > 0.5
    inverse = np.linalg.inv(affine)
    at = np.round(scan.points @ inverse[:3, :3].T + inverse[:3, 3]).astype(int)
    within = lumen[tuple(np.clip(at, 0, np.asarray(lumen.shape) - 1).T)]
    if within.mean() < 0.5:
        raise InputError(
            f"{mask}: expected the centreline in the lumen, found {100 * (1 - within.mean()):.0f} % of its points "
            "outside: check that both are of one vessel"
        )
    return lumen
