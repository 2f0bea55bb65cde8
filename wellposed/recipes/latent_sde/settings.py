"""The settings of the recipe, which are also its command line's options."""

from dataclasses import dataclass
from typing import Any

from wellposed.errors import InputError


@dataclass(frozen=True)
class Settings:
    """A latent SDE that learns the law of the stochastic Lorenz system from noisy paths [@li2020]."""

    paths: int = 1024
    """Paths to learn from, and as many to compare with."""
    points: int = 100
    """Equidistant times of a path."""
    end: float = 2.0
    """Where the time ends, which begins at 0."""
    noise: float = 0.01
    """Standard deviation of the noise on the data, in standard deviations of the system's coordinates."""
    latent: int = 4
    """Numbers of a latent state."""
    context: int = 64
    """Numbers of the context that tells the posterior what is ahead."""
    width: int = 64
    """Width of the encoder and of the hidden layers of the drifts; the published setting is 128."""
    narrow: int = 32
    """Width of the hidden layer of each coordinate's diffusion; the published setting is 128."""
    substeps: int = 2
    """Euler-Maruyama steps between two times."""
    steps: int = 3000
    """Training steps; the published setting is 5000."""
    batch: int = 64
    """Paths in a step; the published setting is all of them."""
    rate: float = 0.01
    """Adam's learning rate, which falls to 0 by a cosine."""
    rise: int = 600
    """Steps in which the weight of the divergence rises to 1."""
    repeats: int = 3
    """Seeds: each has its own paths, initial weights and order of training."""
    seed: int = 0
    """Of everything random; the repeats count on from it."""

    def __post_init__(self):
        counts = ("latent", "context", "width", "narrow", "substeps", "steps", "batch", "repeats")
        for name in counts:
            self._expect(getattr(self, name) >= 1, name, "a whole number of at least 1")
        self._expect(self.paths >= 8, "paths", "at least 8")
        self._expect(self.points >= 3, "points", "at least 3")
        for name in ("end", "noise", "rate"):
            self._expect(getattr(self, name) > 0, name, "a positive number")
        self._expect(self.rise >= 0, "rise", "a whole number of at least 0")

    def _expect(self, true: bool, name: str, expected: str) -> None:
        if not true:
            found = getattr(self, name)
            raise InputError(f"--{name.replace('_', '-')}: expected {expected}, found {found}: give another value")


PRESETS: dict[str, dict[str, Any]] = {
    "full": {},
    "quick": {"steps": 700, "rise": 200, "repeats": 1},
    "smoke": {
        "paths": 32,
        "points": 10,
        "end": 0.5,
        "context": 6,
        "width": 12,
        "narrow": 6,
        "steps": 10,
        "batch": 8,
        "rise": 5,
        "repeats": 2,
    },
}
