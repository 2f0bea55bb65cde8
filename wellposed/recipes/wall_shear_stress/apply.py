"""The trained networks applied to artery walls in files."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import equinox as eqx
import numpy as np

from wellposed.errors import InputError
from wellposed.geometry import Mesh, geodesic_distance, scales
from wellposed.io import read_mesh, write_mesh

from .ends import open_ends
from .inputs import wall_of
from .run import StressMaps
from .settings import Settings

EXTENT_CM = (0.5, 60.0)  # of an artery's bounding box
KEEPS_FIELDS = (".vtp", ".vtu", ".ply", ".vtk")


def apply(settings: Settings, maps: StressMaps, files: Sequence[Path], folder: Path) -> Sequence[Path]:
    """For each wall (in cm) the same file with the predicted stress in Pa as the fields `wss` and `wss_magnitude`.

    The inlet is where a field `inlet` is not 0; without one, the widest open end.

    Raises:
        InputError: a file is no wall of an artery, or its format holds no fields.
    """
    written = []
    for path in files:
        if path.suffix.lower() not in KEEPS_FIELDS:
            raise InputError(f"{path}: expected a format that holds fields ({', '.join(KEEPS_FIELDS)}), found another")
        record = read_mesh(path, extent=EXTENT_CM)
        mesh = Mesh.from_record(record)
        distance = geodesic_distance(mesh, _inlet(mesh, path))
        hierarchy = scales(mesh, settings.ratios, settings.radii_cm, settings.neighbours, key=settings.seed).arrays()
        stress = np.asarray(eqx.filter_jit(maps.maps[maps.first])(wall_of(mesh, distance, hierarchy)), np.float64)
        fields = dict(record.fields) | {"wss": stress, "wss_magnitude": np.linalg.norm(stress, axis=1)}
        write_mesh(folder / path.name, replace(record, fields=fields))
        written.append(folder / path.name)
    return written


def _inlet(mesh: Mesh, path: Path) -> np.ndarray:
    if "inlet" in mesh.fields:
        inlet = np.flatnonzero(mesh.fields["inlet"])
        if not len(inlet):
            raise InputError(f"{path}: expected vertices where the field inlet is not 0, found none: mark the inlet")
        return inlet
    ends = open_ends(mesh)
    if not ends:
        raise InputError(f"{path}: expected an open end where the blood comes in, found a closed surface: open it")
    return ends[0]
