"""The settings of the recipe, which are also its command line's options."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wellposed.errors import InputError

TABLE = ("SAGE", "FeaSt", "GEM", "SAGE invariant", "FeaSt invariant", "PointNet")
NETWORKS = (*TABLE, "attention")


@dataclass(frozen=True)
class Settings:
    """Wall shear stress on artery walls by mesh networks, on test meshes as they lie and turned [@suk2022]."""

    data: Path | None = None
    """An HDF5 file of arteries in the published layout; by default the one that comes with a clone,
    `data/arteries.h5`. `wellposed simulate arteries` makes more."""
    networks: tuple[str, ...] = TABLE
    """Which networks to train, all on the same meshes; there is `attention` as well."""
    channels: int = 12
    """Features of each order in GEM; the others get as many channels as make them as large."""
    blocks: tuple[int, ...] = (1, 2, 2, 2, 2)
    """Residual blocks at each of three scales down, and at two up again; published: 2 2 2 4 4."""
    meshes: int = 0
    """Meshes to learn from; 0 takes all but the two tenths that are held back."""
    epochs: int = 40
    """Rounds over these meshes."""
    batch: int = 2
    """Meshes in a step."""
    learning_rate: float = 0.003
    """Of Adam at the start; it falls to 0 along a cosine."""
    radii_cm: tuple[float, ...] = (0.05, 0.1, 0.2)
    """Of the neighbourhoods at each scale, along the surface."""
    ratios: tuple[float, ...] = (1.0, 0.3, 0.1)
    """Share of the vertices at each scale."""
    neighbours: int = 10
    """The most neighbours of a vertex."""
    simulated: int = 0
    """Simulate so many coarse arteries instead of reading a file: for trying the recipe out."""
    seed: int = 0
    """Of everything random."""

    def __post_init__(self):
        unknown = sorted(set(self.networks) - set(NETWORKS))
        if unknown or not self.networks:
            raise InputError(
                f"--networks: expected some of {', '.join(NETWORKS)}, found {unknown[0] if unknown else 'none'}"
            )
        if len(set(self.networks)) < len(self.networks):
            raise InputError(f"--networks: expected each once, found {self.networks}: leave one out")
        for name in ("channels", "epochs", "batch", "neighbours"):
            self._expect(name, 1)
        for name in ("meshes", "simulated"):
            self._expect(name, 0)
        if self.simulated and self.simulated < 5:
            raise InputError(f"--simulated: expected 0 or at least 5, found {self.simulated}: simulate more")
        if not self.learning_rate > 0:
            raise InputError(f"--learning-rate: expected a number above 0, found {self.learning_rate}")
        if len(self.radii_cm) != 3 or not all(r > 0 for r in self.radii_cm):
            raise InputError(f"--radii-cm: expected three positive numbers, one for each scale, found {self.radii_cm}")
        if len(self.ratios) != 3 or not 1 == self.ratios[0] > self.ratios[1] > self.ratios[2] > 0:
            raise InputError(f"--ratios: expected three numbers that fall from 1, above 0, found {self.ratios}")
        if len(self.blocks) != 5 or min(self.blocks) < 1:
            raise InputError(f"--blocks: expected five numbers of at least 1, found {self.blocks}")
        if self.data is not None and self.simulated:
            raise InputError("--data, --simulated: expected one of the two, found both: leave one out")

    def _expect(self, name: str, least: int) -> None:
        if getattr(self, name) < least:
            option = name.replace("_", "-")
            raise InputError(f"--{option}: expected at least {least}, found {getattr(self, name)}: give another value")


PRESETS: dict[str, dict[str, Any]] = {
    "full": {},
    "quick": {"networks": ("SAGE", "FeaSt", "GEM"), "channels": 4, "meshes": 24, "epochs": 20},
    "smoke": {
        "networks": ("SAGE", "GEM"),
        "channels": 1,
        "blocks": (1, 1, 1, 1, 1),
        "epochs": 2,
        "batch": 2,
        "simulated": 5,
        "radii_cm": (0.2, 0.3, 0.5),
        "neighbours": 6,
    },
}
