"""The HDF5 layout of the published artery sets: one group per artery, lengths in cm, stress in dyn/cm^2."""

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from wellposed.errors import InputError

from .atomic import atomic_write
from .surface import SurfaceRecord, checked_record

PASCAL_PER_DYN_CM2 = 0.1
PLAUSIBLE_CM = (0.5, 60.0)


@dataclass(frozen=True)
class ArteryRecord:
    """The wall of an artery with what the flow does to it.

    Args:
        name: of its group in the file.
        surface: positions in cm, and triangles.
        wss: the wall shear stress vector at each vertex, in dyn/cm^2 (0.1 Pa), (vertices, 3).
        pressure: at each vertex, in dyn/cm^2, (vertices,).
        inlet: indices of the vertices on the inlet's rim.
        mask: which vertices count, where the file says it; None in the published files, whose walls still have their
            flow extensions.
        facts: numbers that the file tells of this artery, with units in their names, such as `cpu_seconds`.
    """

    name: str
    surface: SurfaceRecord
    wss: np.ndarray
    pressure: np.ndarray
    inlet: np.ndarray
    mask: np.ndarray | None = None
    facts: Mapping[str, float] = field(default_factory=dict)


def read_arteries(path: str | os.PathLike[str], most: int | None = None) -> Iterator[ArteryRecord]:
    """The arteries of a file in the layout of [@suk2024], one after the other, in the order of their names.

    Each group `sample-NNNN` holds `pos` (vertices, 3), `face` (faces, 3), `wss` (vertices, 3), `pressure` (vertices, 1)
    and `inlet_idcs`, and in files of `wellposed simulate arteries` also `mask`. Each surface is checked as by
    `read_mesh`.

    Raises:
        InputError: no HDF5 file, no such groups, a missing field, or a surface that fails a check.
    """
    import h5py

    try:
        file = h5py.File(path, "r")
    except OSError as error:
        raise InputError(f"{path}: expected an HDF5 file of arteries, found none that opens ({error})") from None
    with file:
        names = sorted(str(name) for name in file if isinstance(file[name], h5py.Group))
        if not names:
            raise InputError(f"{path}: expected groups like sample-0000, found none: choose a file of arteries")
        for name in names[:most]:
            yield _read_one(file[name], f"{path}, {name}", name)


def _read_one(group: Any, place: str, name: str) -> ArteryRecord:
    arrays = {}
    for key in ("pos", "face", "wss", "pressure", "inlet_idcs"):
        if key not in group:
            raise InputError(f"{place}: expected the fields pos, face, wss, pressure and inlet_idcs, found no {key}")
        arrays[key] = np.asarray(group[key][()])
    points, faces = arrays["pos"].astype(np.float64), arrays["face"].astype(np.int64)
    if faces.ndim == 2 and faces.shape[0] == 3 != faces.shape[1]:
        faces = faces.T
    inlet = np.zeros(len(points), bool)
    rim = arrays["inlet_idcs"].ravel().astype(int)
    if not len(rim) or rim.min() < 0 or rim.max() >= len(points):
        raise InputError(f"{place}: expected inlet_idcs below {len(points)}, found others or none: write them anew")
    inlet[rim] = True
    fields = {
        "wss": arrays["wss"].astype(np.float64).reshape(len(points), -1),
        "pressure": arrays["pressure"].astype(np.float64).ravel(),
        "inlet": inlet,
    }
    if "mask" in group:
        fields["mask"] = np.asarray(group["mask"][()]).ravel().astype(bool)
    if fields["wss"].shape[1] != 3:
        raise InputError(f"{place}: expected wss of shape (vertices, 3), found {arrays['wss'].shape}")
    surface = checked_record(SurfaceRecord(points, faces, fields), place, PLAUSIBLE_CM)
    fields = surface.fields
    plain = SurfaceRecord(surface.points, surface.triangles, notes=surface.notes)
    facts = {str(key): float(value) for key, value in group.attrs.items() if np.ndim(value) == 0 and _is_number(value)}
    rim = np.flatnonzero(fields["inlet"])
    return ArteryRecord(name, plain, fields["wss"], fields["pressure"], rim, fields.get("mask"), facts)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float, np.integer, np.floating))


def write_arteries(path: str | os.PathLike[str], arteries: Iterable[ArteryRecord]) -> None:
    """Write arteries in the same layout, compressed, in float32, atomically."""
    import h5py

    with atomic_write(Path(path)) as part, h5py.File(part, "w") as file:
        for artery in arteries:
            group = file.create_group(artery.name)
            group.attrs.update(artery.facts)
            mask = {} if artery.mask is None else {"mask": artery.mask.astype(np.uint8)}
            for key, values in {
                **mask,
                "pos": artery.surface.points.astype(np.float32),
                "face": artery.surface.triangles.astype(np.int32),
                "wss": artery.wss.astype(np.float32),
                "pressure": artery.pressure.astype(np.float32)[:, None],
                "inlet_idcs": artery.inlet.astype(np.int32),
            }.items():
                group.create_dataset(key, data=values, compression="gzip", shuffle=True)
