"""Triangulated surfaces in files: VTU, PLY, OBJ, STL and more through meshio, VTP through pyvista."""

import importlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

import numpy as np

from wellposed.errors import InputError

from .atomic import atomic_write
from .surface_checks import checked

WRITTEN = (".vtu", ".vtk", ".ply", ".obj", ".stl")
CENTIMETRES = {"cm": 1.0, "mm": 0.1, "m": 100.0}


@dataclass(frozen=True)
class SurfaceRecord:
    """A triangulated surface as arrays.

    Args:
        points: of the vertices, (vertices, 3).
        triangles: indices of the three vertices of each face, (faces, 3).
        fields: by name, one value or vector for each vertex.
        notes: what was repaired on reading.
    """

    points: np.ndarray
    triangles: np.ndarray
    fields: Mapping[str, np.ndarray] = field(default_factory=lambda: MappingProxyType({}))
    notes: tuple[str, ...] = ()


def read_mesh(
    path: str | os.PathLike[str],
    unit: Literal["cm", "mm", "m"] | None = None,
    extent: tuple[float, float] | None = None,
) -> SurfaceRecord:
    """Read a triangulated surface, and check it.

    Degenerate faces and isolated vertices are removed, and the notes say so. Edges with more than two faces, numbers
    that are not finite, indices outside, and an extent that tells of a wrong unit of length are refused.

    Args:
        path: a file that meshio reads (`.vtu`, `.ply`, `.obj`, `.stl`, `.vtk`, ...), or `.vtp`.
        unit: of the file's lengths; they are converted to cm. None takes them as they are.
        extent: smallest and largest plausible diagonal of the bounding box, after the conversion.

    Raises:
        InputError: the file cannot be read, holds no triangles, or fails a check; the sentence says which one.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError(f"{path}: expected a surface mesh, found no such file: check the path")
    points, triangles, fields = _read_vtp(path) if path.suffix.lower() == ".vtp" else _read_meshio(path)
    scale = 1.0 if unit is None else CENTIMETRES[unit]
    record = SurfaceRecord(np.asarray(points, np.float64) * scale, np.asarray(triangles, np.int64), fields)
    return checked_record(record, path, extent)


def checked_record(record: SurfaceRecord, name: object, extent: tuple[float, float] | None = None) -> SurfaceRecord:
    """The record after the checks of `read_mesh`, which a message introduces by the name."""
    return SurfaceRecord(*checked(record.points, record.triangles, record.fields, str(name), extent))


def write_mesh(path: str | os.PathLike[str], record: SurfaceRecord) -> None:
    """Write a surface with its fields, atomically; the suffix of the path says in which format.

    STL and OBJ have no place for fields, which are left out there.

    Raises:
        InputError: a suffix that no writer knows, or a path that cannot be written.
    """
    path = Path(path)
    with atomic_write(path) as part:
        if path.suffix.lower() == ".vtp":
            _write_vtp(part, record)
        else:
            _write_meshio(part, record)


def _read_meshio(path: Path) -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
    meshio = _extra("meshio", path)
    if path.suffix.lower() not in meshio.extension_to_filetypes:
        raise InputError(
            f"{path}: expected a mesh (.vtu, .vtp, .ply, .obj, .stl), found the suffix '{path.suffix}': convert it"
        )
    try:
        with np.errstate(all="ignore"):  # the reader of STL tries a size that overflows
            mesh = meshio.read(path)
    except (Exception, SystemExit) as error:  # meshio's readers raise whatever a damaged file trips, and one exits
        raise InputError(f"{path}: expected a whole mesh file, found a damaged or other one ({error})") from None
    triangles = mesh.cells_dict.get("triangle", np.zeros((0, 3), int))
    others = sorted(set(mesh.cells_dict) & {"quad", "polygon", "triangle6", "quad8", "quad9"})
    if len(triangles) and others:
        raise InputError(f"{path}: expected triangles alone, found cells of kind {', '.join(others)}: split them")
    if not len(triangles):
        kinds = ", ".join(sorted(mesh.cells_dict)) or "none"
        raise InputError(f"{path}: expected triangles, found cells of kind {kinds}: write its surface as triangles")
    points = np.zeros((len(mesh.points), 3))
    points[:, : mesh.points.shape[1]] = mesh.points
    return points, triangles, dict(mesh.point_data)


def _read_vtp(path: Path) -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
    pyvista = _extra("pyvista", path)
    try:
        found = pyvista.read(path)
        data = found.triangulate()
    except Exception as error:
        raise InputError(f"{path}: expected a whole VTP file, found a damaged or other one ({error})") from None
    if not data.n_cells or not len(data.faces):
        raise InputError(f"{path}: expected triangles, found none: write its surface as triangles")
    fields = {name: np.asarray(data.point_data[name]) for name in data.point_data}
    return np.asarray(data.points), np.asarray(data.faces).reshape(-1, 4)[:, 1:], fields


def _write_vtp(part: Path, record: SurfaceRecord) -> None:
    pyvista = _extra("pyvista", part)
    threes = np.full((len(record.triangles), 1), 3)
    data = pyvista.PolyData(record.points, np.hstack([threes, record.triangles]).ravel())
    for name, values in record.fields.items():
        data.point_data[name] = values
    data.save(part)


def _write_meshio(part: Path, record: SurfaceRecord) -> None:
    meshio = _extra("meshio", part)
    suffix = part.suffix.lower()
    if suffix not in WRITTEN:  # some of meshio's other formats are several files
        raise InputError(f"{part}: expected {', '.join(WRITTEN)} or .vtp, found '{suffix}': choose one of them")
    fields = {} if suffix in (".stl", ".obj") else {name: _numbers(field) for name, field in record.fields.items()}
    if suffix == ".ply":  # its properties are numbers: a vector becomes three of them
        fields = {n: c for name, values in fields.items() for n, c in _columns(name, values)}
    meshio.Mesh(record.points, [("triangle", record.triangles)], fields).write(part)


def _numbers(values: np.ndarray) -> np.ndarray:
    """Truth values as 0 and 1: the formats know none."""
    return values.astype(np.uint8) if values.dtype == bool else values


def _columns(name: str, values: np.ndarray) -> list[tuple[str, np.ndarray]]:
    if values.ndim == 1:
        return [(name, values)]
    return [(f"{name}_{i}", column) for i, column in enumerate(values.T)]


def _extra(module: str, path: Path) -> Any:
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError:
        raise InputError(
            f"{path}: a mesh file needs {module}, which is not installed: pip install 'wellposed[mesh]'"
        ) from None
