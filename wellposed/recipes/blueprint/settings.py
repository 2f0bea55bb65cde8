"""The settings of the recipe, which are also its command line's options."""

from dataclasses import dataclass
from typing import Any

from wellposed.errors import InputError

from .rooms import ROOMS


@dataclass(frozen=True)
class Settings:
    """The geometric blueprint measured: each architecture beside a rival without its symmetry [@bronstein2021]."""

    rooms: tuple[str, ...] = tuple(ROOMS)
    """Which architectures, by their names."""
    samples: int = 500
    """Samples to learn from."""
    test_samples: int = 400
    """Samples to judge on, as they are and moved by the group."""
    steps: int = 500
    """Steps of Adam."""
    batch: int = 32
    """Samples in a step."""
    learning_rate: float = 0.01
    """Of Adam at the start; it falls to 0 along a cosine."""
    seeds: int = 3
    """Trainings of each network, each with its own start and its own samples."""
    scales: int = 4
    """Levels of coarse-graining for scale separation: blocks of 1, 2, 4, ... pixels."""
    seed: int = 0
    """Of samples, starts and what is drawn in training; the classes themselves are the same for all seeds."""

    def __post_init__(self):
        unknown = [name for name in self.rooms if name not in ROOMS]
        if unknown or not self.rooms:
            raise InputError(
                f"--rooms: expected some of {', '.join(ROOMS)}, found {unknown[0] if unknown else 'none'}: correct it"
            )
        for name, least in (("samples", 8), ("test_samples", 8), ("steps", 1), ("batch", 1), ("seeds", 1)):
            if getattr(self, name) < least:
                option = name.replace("_", "-")
                raise InputError(f"--{option}: expected at least {least}, found {getattr(self, name)}: raise it")
        if not 0 <= self.scales <= 5:
            raise InputError(f"--scales: expected 0 to 5, found {self.scales}: correct it")
        if not self.learning_rate > 0:
            raise InputError(f"--learning-rate: expected a number above 0, found {self.learning_rate}: raise it")


PRESETS: dict[str, dict[str, Any]] = {
    "full": {},
    "quick": {"seeds": 1, "samples": 300, "test_samples": 200, "steps": 250},
    "smoke": {
        "rooms": ("group CNN p4", "Deep Sets"),
        "seeds": 1,
        "samples": 16,
        "test_samples": 8,
        "steps": 3,
        "batch": 4,
        "scales": 2,
    },
}
