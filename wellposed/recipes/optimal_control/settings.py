"""The settings of the recipe, which are also its command line's options."""

from dataclasses import dataclass
from typing import Any

from wellposed.errors import InputError


@dataclass(frozen=True)
class Settings:
    """Deep learning as optimal control: networks as flows whose time steps are learned too [@benning2019]."""

    points: int = 500
    """Points that a network is trained on, and as many that it is judged on."""
    seeds: int = 10
    """Networks of each kind for each data set; each has its own start and its own points."""
    depth: int = 20
    """Layers."""
    width: int = 2
    """Length of the state; points are padded with zeros. The paper's networks stay in the plane."""
    steps: int = 6000
    """Training steps, each on all points."""
    learning_rate: float = 0.02
    """Of Adam, at the start; it falls to 0 along a cosine."""
    scheme_depth: int = 15
    """Layers of the networks that compare Runge-Kutta schemes."""
    scheme_seeds: int = 5
    """Networks for each scheme and data set."""
    scheme_steps: int = 2000
    """Training steps of those."""
    seed: int = 0
    """Of everything random."""

    def __post_init__(self):
        for name, least in (("points", 10), ("seeds", 2), ("depth", 1), ("width", 2), ("steps", 1)):
            self._expect(name, least)
        for name, least in (("scheme_depth", 1), ("scheme_seeds", 2), ("scheme_steps", 1)):
            self._expect(name, least)
        if not 0 < self.learning_rate < 1:
            raise InputError(
                f"--learning-rate: expected a number in (0, 1), found {self.learning_rate}: give another value"
            )

    def _expect(self, name: str, least: int) -> None:
        found = getattr(self, name)
        if found < least:
            option = name.replace("_", "-")
            raise InputError(f"--{option}: expected at least {least}, found {found}: give another value")


PRESETS: dict[str, dict[str, Any]] = {
    "full": {},
    "quick": {"seeds": 5, "steps": 1500, "scheme_seeds": 3, "scheme_steps": 400},
    "smoke": {
        "points": 40,
        "seeds": 2,
        "depth": 4,
        "steps": 60,
        "scheme_depth": 3,
        "scheme_seeds": 2,
        "scheme_steps": 20,
    },
}
