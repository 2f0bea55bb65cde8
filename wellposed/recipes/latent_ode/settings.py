"""The settings of the recipe, which are also its command line's options."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from wellposed.errors import InputError


@dataclass(frozen=True)
class Settings:
    """Latent ODEs that forecast irregular, noisy time series, beside recurrent networks [@chen2018]."""

    data: Path | None = None
    """Your own series, in place of the spirals: a CSV table with a column for the series' name, one for the time and
    others for values (empty where missing), or NetCDF-4 or HDF5 with `series`, `time` and values. The first part of
    each series is seen, the rest is forecast."""
    observed: tuple[int, ...] = (30, 50, 100)
    """How many of the 100 times in its window are seen of a spiral; one comparison for each."""
    spirals: int = 1000
    """Spirals to learn from."""
    test_spirals: int = 300
    """Spirals to forecast."""
    noise: float = 0.3
    """Standard deviation of the noise on what is seen of a spiral, in the unit of the plane."""
    seen_part: float = 0.5
    """The part of the time of one of your series that is seen."""
    latent: int = 4
    """Numbers of a latent state."""
    width: int = 50
    """Width of the hidden layers of the latent field and of the decoder; the published setting is 20."""
    hidden: int = 25
    """Numbers of the hidden state of the encoder and of the recurrent networks."""
    cell: Literal["rnn", "gru"] = "gru"
    """Cell of the encoder; the recurrent networks that forecast are one of each kind."""
    continuity: float = 1.0
    """Weight of the continuity of the latent path; one latent ODE of each comparison is trained without it."""
    cut: float = 0.5
    """The part of the series, in the training with continuity, of which only a beginning of random length is seen."""
    solver_steps: int = 12
    """Runge-Kutta steps on the time of training."""
    steps: int = 3000
    """Training steps of each model."""
    batch: int = 128
    """Series in a step."""
    rate: float = 0.01
    """Adam's learning rate, which falls to 0 by a cosine."""
    samples: int = 32
    """Draws from the posterior in a forecast."""
    audit_all: bool = True
    """Ask the six questions of every map, or else of the latent ODE with continuity alone."""
    repeats: int = 3
    """Seeds: each has its own series, initial weights and order of training."""
    seed: int = 0
    """Of everything random; the repeats count on from it."""

    def __post_init__(self):
        for name in ("spirals", "latent", "width", "hidden", "solver_steps", "steps", "batch", "repeats"):
            self._expect(getattr(self, name) >= 1, name, "a whole number of at least 1")
        for name in ("test_spirals", "samples"):
            self._expect(getattr(self, name) >= 2, name, "at least 2")
        many = bool(self.observed) and all(2 <= points <= 100 for points in self.observed)
        self._expect(many, "observed", "numbers of times from 2 to 100")
        self._expect(len(set(self.observed)) == len(self.observed), "observed", "different numbers")
        self._expect(self.noise > 0, "noise", "a positive number")
        self._expect(self.rate > 0, "rate", "a positive number")
        self._expect(self.continuity >= 0, "continuity", "a number of at least 0")
        self._expect(0 <= self.cut <= 1, "cut", "a part between 0 and 1")
        self._expect(0 < self.seen_part < 1, "seen_part", "a part between 0 and 1")

    def _expect(self, true: bool, name: str, expected: str) -> None:
        if not true:
            found = getattr(self, name)
            raise InputError(f"--{name.replace('_', '-')}: expected {expected}, found {found}: give another value")


PRESETS: dict[str, dict[str, Any]] = {
    "full": {},
    "quick": {"steps": 1000, "repeats": 2, "observed": (30, 100), "test_spirals": 200},
    "smoke": {
        "observed": (10,),
        "spirals": 64,
        "test_spirals": 8,
        "solver_steps": 4,
        "steps": 20,
        "batch": 16,
        "samples": 3,
        "audit_all": False,
        "width": 20,
        "repeats": 2,
    },
}
