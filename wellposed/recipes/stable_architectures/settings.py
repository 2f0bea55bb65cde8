"""The settings of the recipe, which are also its command line's options."""

from dataclasses import dataclass
from typing import Any

from wellposed.errors import InputError


@dataclass(frozen=True)
class Settings:
    """Stable architectures: what depth does to accuracy and to gradients, by the kind of layer [@haber2018]."""

    points: int = 500
    """Points that a network is trained on, and as many that it is judged on."""
    seeds: int = 5
    """Networks of each kind, depth and data set; each has its own start and its own points."""
    width: int = 8
    """Length of the state, even; points are padded with zeros."""
    depths: tuple[int, ...] = (4, 16, 64)
    """Numbers of layers that are compared."""
    step: float = 0.25
    """Length of a layer in time: deeper networks run longer."""
    steps: int = 500
    """Training steps, each on all points."""
    learning_rate: float = 0.02
    """Of Adam, at the start; it falls to 0 along a cosine."""
    seed: int = 0
    """Of everything random."""

    def __post_init__(self):
        for name, least in (("points", 10), ("seeds", 2), ("width", 2), ("steps", 1)):
            self._expect(getattr(self, name) >= least, name, f"at least {least}")
        self._expect(self.width % 2 == 0, "width", "an even number, for positions and momenta")
        rising = all(a < b for a, b in zip(self.depths, self.depths[1:], strict=False))
        self._expect(bool(self.depths) and self.depths[0] >= 1 and rising, "depths", "rising numbers from 1")
        self._expect(0 < self.step <= 1, "step", "a number in (0, 1]")
        self._expect(0 < self.learning_rate < 1, "learning_rate", "a number in (0, 1)")

    def _expect(self, true: bool, name: str, expected: str) -> None:
        if not true:
            found = getattr(self, name)
            raise InputError(f"--{name.replace('_', '-')}: expected {expected}, found {found}: give another value")


PRESETS: dict[str, dict[str, Any]] = {
    "full": {},
    "quick": {"seeds": 3, "depths": (4, 32), "steps": 200},
    "smoke": {"points": 20, "seeds": 2, "width": 4, "depths": (3,), "steps": 10},
}
