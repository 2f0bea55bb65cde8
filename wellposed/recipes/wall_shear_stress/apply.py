"""The trained networks applied to artery walls in files."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import equinox as eqx
import numpy as np
from jaxtyping import Array, Float

from wellposed.errors import InputError
from wellposed.geometry import Mesh, common_sizes, geodesic_distance, scales
from wellposed.io import read_mesh, write_mesh
from wellposed.io.artery_file import PLAUSIBLE_CM

from .ends import away_from_ends, inlet_diameter, open_ends
from .inputs import Wall, wall_of
from .networks import StressMap
from .run import StressMaps
from .settings import Settings

KEEPS_FIELDS = (".vtp", ".vtu", ".ply", ".vtk")


def apply(settings: Settings, maps: StressMaps, files: Sequence[Path], folder: Path) -> Sequence[Path]:
    """For each wall (in cm) the same file with the predicted stress in Pa as the fields `wss` and `wss_magnitude`.

    Within a diameter of the inlet from an open end no stress is learned from, and what is predicted there is worth
    nothing: the field `wss_counts` is 0 there and 1 elsewhere. The inlet is where a field `inlet` is not 0; without
    one, the widest open end. Walls should end where those that were learned from do: flow extensions are not cut off.
    PLY holds the components as `wss_0`, `wss_1` and `wss_2`.

    Raises:
        InputError: a file is no wall of an artery, or its format holds no fields.
    """
    for path in files:
        if path.suffix.lower() not in KEEPS_FIELDS:
            raise InputError(f"{path}: expected a format that holds fields ({', '.join(KEEPS_FIELDS)}), found another")
    records = [read_mesh(path, extent=PLAUSIBLE_CM) for path in files]
    meshes = [Mesh.from_record(record) for record in records]
    inlets = [_inlet(mesh, path) for mesh, path in zip(meshes, files, strict=True)]
    distances = [geodesic_distance(mesh, inlet) for mesh, inlet in zip(meshes, inlets, strict=True)]
    counts = [away_from_ends(mesh, inlet_diameter(mesh, inlet)) for mesh, inlet in zip(meshes, inlets, strict=True)]
    several = [
        scales(mesh, settings.ratios, settings.radii_cm, settings.neighbours, key=settings.seed) for mesh in meshes
    ]
    sizes = common_sizes(several)  # one program for all files
    targets = [folder / path.name for path in files]
    for target, record, mesh, distance, counted, one in zip(
        targets, records, meshes, distances, counts, several, strict=True
    ):
        wall = wall_of(mesh, distance, one.arrays(sizes))
        stress = np.asarray(_answer(maps.maps[maps.first], wall), np.float64)[: mesh.vertices]
        size = np.linalg.norm(stress, axis=1)
        fields = dict(record.fields) | {"wss": stress, "wss_magnitude": size, "wss_counts": counted.astype(float)}
        write_mesh(target, replace(record, fields=fields))
    return targets


@eqx.filter_jit
def _answer(model: StressMap, wall: Wall) -> Float[Array, "vertices 3"]:
    return model(wall)


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
