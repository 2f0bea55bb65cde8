"""Cases in HDF5, in the layout of the published artery data."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from wellposed.io.atomic import atomic_write

from .case import PADDING, SPEED, Case
from .navier_stokes import BLOOD

UNITS = {
    "units": "pos in cm; wss and pressure in dyn/cm2, a tenth of a Pa",
    "pos_unit": "cm",
    "wss_unit": "dyn/cm2",
    "pressure_unit": "dyn/cm2",
}
GRID = 2.0**-20  # cm


def write_case(path: Path, case: Case) -> None:
    """Write one case: a file with what `write_cases` puts into a group.

    Positions are multiples of 2^-20 cm, stresses and pressures have 14 binary digits: both far finer than the mesh.
    """
    import h5py

    arrays = {
        "pos": (np.round(case.pos / GRID) * GRID).astype(np.float32),
        "face": case.face.astype(np.int32),
        "wss": rounded(case.wss),
        "pressure": rounded(case.pressure),
        "inlet_idcs": case.inlet_idcs.astype(np.int32),
        "mask": case.mask.astype(np.uint8),
    }
    with atomic_write(path) as part, h5py.File(part, "w") as file:
        _fill(file, arrays, case.facts)


def write_cases(path: str | os.PathLike[str], parts: Sequence[Path], **attributes: Any) -> None:
    """Join files of single cases: groups `sample-0000`, ... in the layout of [@suk2024].

    A group holds `pos` (N, 3), `face` (M, 3), `wss` (N, 3), `pressure` (N, 1), `inlet_idcs` (I) and, beyond that
    layout, `mask` (N): 1 where a vertex counts. Flow extensions are taken off already, which the attribute
    `extensions_removed` says. What was drawn stands in the attributes of the group, what all share in those of the
    file.

    Args:
        path: where the file shall lie.
        parts: written by `write_case`, in their order.
        attributes: of the file, beside units and fluid.
    """
    import h5py

    fixed = {
        "density_g_per_cm3": BLOOD.density,
        "viscosity_g_per_cm_s": BLOOD.viscosity,
        "mean_inlet_velocity_cm_per_s": SPEED,
        "padding_diameters": PADDING,
        "extensions_removed": True,
    }
    # the newer format of HDF5 1.10 spends a third less on what surrounds such small arrays
    with atomic_write(path) as whole, h5py.File(whole, "w", libver=("v110", "v110")) as file:
        for number, part in enumerate(parts):
            with h5py.File(part, "r") as one:
                _fill(
                    file.create_group(f"sample-{number:04d}"),
                    {str(name): np.asarray(one[name]) for name in one},
                    one.attrs,
                )
        file.attrs.update(UNITS | fixed | attributes)


def _fill(group: Any, arrays: Mapping[str, np.ndarray], attributes: Mapping[str, Any]) -> None:
    for name, array in arrays.items():
        options = {"chunks": array.shape, "compression": "gzip", "compression_opts": 9, "shuffle": True}
        group.create_dataset(name, data=array, **options)
    group.attrs.update(attributes)


def rounded(x: np.ndarray, digits: int = 14) -> np.ndarray:
    """float32 with so many binary digits, which compress better."""
    mantissa, exponent = np.frexp(x.astype(np.float64))
    return np.ldexp(np.round(np.ldexp(mantissa, digits)), exponent - digits).astype(np.float32)
