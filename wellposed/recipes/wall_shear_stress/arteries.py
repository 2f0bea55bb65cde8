"""The arteries: walls with their stress, from a file or simulated, and who is held back."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from jaxtyping import Bool, Float

from wellposed.errors import InputError
from wellposed.geometry import Mesh, geodesic_distance
from wellposed.io import ArteryRecord, SurfaceRecord, read_arteries
from wellposed.simulate.artery import single_case

from .ends import inlet_diameter, without_extensions
from .settings import Settings

OWN = Path(__file__).parents[3] / "data" / "arteries.h5"
PASCAL = 0.1  # of a dyn/cm^2
COARSE = 12  # vertices around a simulated wall that is for trying out


@dataclass(frozen=True)
class Artery:
    """One wall.

    Attributes:
        name: of the sample.
        mesh: the wall, in cm.
        stress: wall shear stress, in Pa.
        distance: along the wall from the inlet, in cm.
        mask: the vertices that count: a diameter at both ends does not.
        cfd_seconds: processor time of the flow solver; None where the file does not say.
    """

    name: str
    mesh: Mesh
    stress: Float[np.ndarray, "vertices 3"]
    distance: Float[np.ndarray, " vertices"]
    mask: Bool[np.ndarray, " vertices"]
    cfd_seconds: float | None

    def moved(self, rotation: Float[np.ndarray, "3 3"]) -> "Artery":
        """The same artery, turned with its stress."""
        return replace(self, mesh=self.mesh.moved(rotation, np.zeros(3)), stress=self.stress @ rotation.T)


def split(settings: Settings) -> Mapping[str, list[Artery]]:
    """The arteries of each split: 80, 10 and 10 of a hundred, by a permutation that the seed draws.

    Raises:
        InputError: there is no file, it is not as it should be, or it holds too few arteries.
    """
    arteries = _simulated(settings) if settings.simulated else _read(settings.data or OWN)
    order = np.random.default_rng(settings.seed).permutation(len(arteries))
    held = max(1, len(arteries) // 10)
    parts = {"test": order[:held], "validation": order[held : 2 * held], "train": order[2 * held :]}
    if settings.meshes > len(parts["train"]):
        raise InputError(
            f"--meshes: expected at most the {len(parts['train'])} meshes that are not held back, found "
            f"{settings.meshes}: give fewer, or 0 for all"
        )
    parts["train"] = parts["train"][: settings.meshes or None]
    return {name: [arteries[i] for i in numbers] for name, numbers in parts.items()}


def artery_of(record: ArteryRecord) -> Artery:
    """An artery as the networks see it; flow extensions that are still there are cut off.

    Raises:
        InputError: nothing is left.
    """
    mesh = Mesh.from_record(record.surface)
    distance = geodesic_distance(mesh, record.inlet)
    seconds = record.facts.get("cpu_seconds")
    whole = Artery(record.name, mesh, PASCAL * record.wss, distance, np.ones(len(distance), bool), seconds)
    if record.mask is not None:
        return replace(whole, mask=record.mask)
    kept, mask, shift = without_extensions(mesh, distance, record.inlet, inlet_diameter(mesh, record.inlet))
    if not mask.any():
        raise InputError(f"{record.name}: expected a wall of more than ten diameters, found none left without its ends")
    new = np.cumsum(kept) - 1
    faces = new[mesh.faces[kept[mesh.faces].all(axis=1)]]
    part = Mesh(mesh.positions[kept], faces)
    return Artery(record.name, part, whole.stress[kept], distance[kept] - shift, mask[kept], seconds)


def _read(path: Path) -> list[Artery]:
    if not path.is_file():
        raise InputError(
            f"{path}: expected a file of arteries, found none: name one with --data, or make one by "
            "`wellposed simulate arteries`"
        )
    arteries = [artery_of(record) for record in read_arteries(path)]
    if len(arteries) < 5:
        raise InputError(f"{path}: expected at least 5 arteries, found {len(arteries)}: simulate more")
    return arteries


def _simulated(settings: Settings) -> list[Artery]:
    cases = (single_case(settings.seed, number, COARSE) for number in range(settings.simulated))
    return [
        artery_of(
            ArteryRecord(
                f"simulated {number}",
                SurfaceRecord(case.pos, case.face),
                case.wss,
                case.pressure[:, 0],
                case.inlet_idcs,
                case.mask,
                {"cpu_seconds": float(np.asarray(case.facts["cpu_seconds"]))},
            )
        )
        for number, case in enumerate(cases)
    ]
