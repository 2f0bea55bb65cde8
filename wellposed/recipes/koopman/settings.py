"""The settings of the Koopman recipe, which are also its command line's options."""

from dataclasses import dataclass
from typing import Any, Literal

from wellposed.errors import InputError


@dataclass(frozen=True)
class Settings:
    """Coordinates in which a pendulum turns, at a frequency that depends on the amplitude [@lusch2018]."""

    trajectories: int = 15_000
    """Training swings of 51 times, 0.02 apart."""
    test_trajectories: int = 1000
    """Test swings, from new starts."""
    widths: tuple[int, ...] = (80, 80)
    """Hidden layers of the encoder; the decoder's are these backwards."""
    auxiliary: tuple[int, ...] = (170,)
    """Hidden layers of the network that gives frequency and growth."""
    activation: Literal["tanh", "relu"] = "tanh"
    """Between the layers; published is relu."""
    state: float = 1e-3
    """Weight of reconstruction and prediction beside linearity."""
    largest: float = 1e-9
    """Weight of the largest error."""
    weights: float = 1e-14
    """Weight of the squares of the weights."""
    predicted: int = 30
    """Steps that are predicted in the loss; linearity is asked of all 50."""
    optimiser: Literal["soap", "adam"] = "soap"
    """SOAP, or the published Adam; both with a short rise and a cosine down to zero."""
    rate: float = 1e-2
    """The largest learning rate."""
    batch: int = 128
    """Swings in a step."""
    steps: int = 40_000
    """Steps from each seed."""
    seeds: int = 3
    """Trainings, each from its own initial weights and batches."""
    seed: int = 0
    """Of everything random."""

    def __post_init__(self):
        for name in ("trajectories", "test_trajectories", "batch", "seeds", "steps", "predicted"):
            self._expect(getattr(self, name) >= 1, name, "a whole number of at least 1")
        for name in ("widths", "auxiliary"):
            widths = getattr(self, name)
            self._expect(len(widths) > 0 and min(widths) >= 1, name, "at least one width of at least 1")
        self._expect(self.predicted <= 50, "predicted", "at most the 50 steps of a swing")
        self._expect(self.rate > 0, "rate", "a positive learning rate")
        for name in ("state", "largest", "weights"):
            self._expect(getattr(self, name) >= 0, name, "at least 0")
        self._expect(self.batch <= self.trajectories, "batch", "at most the number of trajectories")

    def _expect(self, true: bool, name: str, expected: str) -> None:
        if not true:
            found = getattr(self, name)
            raise InputError(f"--{name.replace('_', '-')}: expected {expected}, found {found}: give another value")


PRESETS: dict[str, dict[str, Any]] = {
    "full": {},
    "quick": {"steps": 4000, "seeds": 1, "trajectories": 4000},
    "smoke": {
        "steps": 40,
        "seeds": 2,
        "trajectories": 64,
        "test_trajectories": 16,
        "batch": 16,
        "widths": (12,),
        "auxiliary": (8,),
    },
}
