"""The settings of the recipe, which are also its command line's options."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wellposed.errors import InputError


@dataclass(frozen=True)
class Settings:
    """The wall of coronary arteries in CT angiography, by a graph network on a tube [@wolterink2019]."""

    data: Path | None = None
    """A folder of volumes NAME.nii.gz (HU) with NAME.centreline.csv (x, y, z in mm to the right, front and head, in the
    world of the volume's affine map; a fourth column may say by 1 where the vessel is diseased) and NAME.lumen.nii.gz
    (1 in the lumen). Volumes are split by file: give one of each patient. By default they are synthetic."""
    vessels: int = 100
    """Synthetic vessels to learn from."""
    held: int = 12
    """Synthetic vessels by which the best network is chosen."""
    test: int = 40
    """Synthetic vessels to judge on."""
    around: int = 24
    """Vertices of a ring of the mesh."""
    step_mm: float = 0.5
    """Between rings."""
    reach_mm: float = 4.0
    """Length of the rays from the centreline along which the image is seen."""
    samples: int = 33
    """Places on a ray."""
    off_centre_mm: float = 0.2
    """By which synthetic centrelines miss the middle, as those found in images do; standard deviation."""
    channels: int = 32
    """Numbers that a vertex keeps."""
    layers: int = 6
    """Graph convolutions."""
    segment: int = 24
    """Rings in one sample of the training."""
    batch: int = 8
    """Segments in a step."""
    steps: int = 2000
    """Training steps of each network."""
    learning_rate: float = 0.003
    """Of Adam at the start; it falls to 0 along a cosine."""
    seed: int = 0
    """Of everything random."""

    def __post_init__(self):
        least = {"vessels": 1, "held": 1, "test": 2, "around": 6, "samples": 3, "channels": 1, "layers": 1}
        for name, bound in (least | {"segment": 2, "batch": 1, "steps": 1}).items():
            found = getattr(self, name)
            if found < bound:
                option = name.replace("_", "-")
                raise InputError(f"--{option}: expected at least {bound}, found {found}: give another value")
        for name in ("step_mm", "reach_mm", "learning_rate"):
            found = getattr(self, name)
            if not 0 < found < 1e3:
                option = name.replace("_", "-")
                raise InputError(f"--{option}: expected a number above 0, found {found}: give another value")
        if not 0 <= self.off_centre_mm <= 1:
            raise InputError(
                f"--off-centre-mm: expected a number from 0 to 1, found {self.off_centre_mm}: give another value"
            )


PRESETS: dict[str, dict[str, Any]] = {
    "full": {},
    "quick": {"vessels": 20, "held": 4, "test": 12, "channels": 16, "steps": 500},
    "smoke": {
        "vessels": 3,
        "held": 1,
        "test": 2,
        "around": 12,
        "step_mm": 1.0,
        "samples": 17,
        "channels": 8,
        "layers": 2,
        "segment": 8,
        "batch": 4,
        "steps": 100,
    },
}
