"""The trained network applied to volumes in files."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from wellposed.geometry import Mesh
from wellposed.io import write_mesh

from .files import read_scan, stem
from .inputs import rays_of
from .learn import GRAPH, RadiusMaps, predict
from .settings import Settings


def apply(settings: Settings, maps: RadiusMaps, files: Sequence[Path], folder: Path) -> Sequence[Path]:
    """For each volume NAME.nii.gz (HU), with NAME.centreline.csv beside it, the wall of its lumen as NAME.vtp.

    Lengths are in mm, in the world of the volume's affine map; the field `radius_mm` is the distance of each vertex
    from the centreline.

    Raises:
        InputError: a volume or its centreline cannot be read, or they do not fit each other.
    """
    rays = [rays_of(read_scan(path), settings) for path in files]
    targets = [folder / f"{stem(path)}.vtp" for path in files]
    for target, one in zip(targets, rays, strict=True):
        radius = predict(maps.maps[GRAPH], one)
        mesh = Mesh(one.tube.positions(radius), one.tube.faces(), {"radius_mm": np.ravel(radius)})
        write_mesh(target, mesh.record())
    return targets
