"""The settings of the forecasting recipe, which are also its command line's options."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from wellposed.errors import InputError

HISTORY = 60  # states that a reservoir listens to before it forecasts


@dataclass(frozen=True)
class Settings:
    """Forecasts of chaos by learned maps, and its state from noisy observations [@pathak2018] [@hunt2007]."""

    system: Literal["lorenz63", "lorenz96"] = "lorenz63"
    """What is forecast: Lorenz's convection of 1963, or 12 sites of his ring of 1996 at F = 8."""
    data: Path | None = None
    """Long trajectories of your own (.nc, .h5) with the dimensions (trajectory, time, state) at equidistant times, in
    place of the system."""
    train_steps: int = 6000
    """States to learn from."""
    test_steps: int = 12000
    """States after them, from which forecasts start and with whose statistics they are compared."""
    forecasts: int = 40
    """Forecasts, from states spread over the test trajectory."""
    horizon: int = 400
    """Steps of a forecast."""
    reservoir: int = 600
    """Neurons of the reservoir."""
    radius: float = 0.4
    """Spectral radius of the reservoir."""
    reach: float = 0.3
    """Scale of the reservoir's input weights."""
    hidden: int = 64
    """Neurons of the recurrent network."""
    steps: int = 6000
    """Training steps of the recurrent network."""
    repeats: int = 5
    """Networks of each kind, from seeds of their own."""
    assimilated: int = 600
    """Observations that are assimilated, of 40 sites of Lorenz's ring at F = 8, every 0.05 units of time."""
    members: int = 40
    """Members of each ensemble."""
    noise: float = 1.0
    """Standard deviation of the observations' noise; the system's own is about 3.6."""
    audit_all: bool = True
    """Ask the six questions of every map, or else of the two networks alone."""
    seed: int = 0
    """Of everything random."""

    def __post_init__(self):
        least = {
            "train_steps": 200,
            "test_steps": 100,
            "forecasts": 2,
            "horizon": 10,
            "reservoir": 10,
            "hidden": 2,
            "steps": 1,
            "repeats": 1,
            "assimilated": 20,
            "members": 3,
        }
        for name, bound in least.items():
            self._expect(getattr(self, name) >= bound, name, f"at least {bound}")
        most = self.test_steps - HISTORY - self.forecasts
        self._expect(
            self.horizon <= most,
            "horizon",
            f"at most {most}, that is --test-steps {self.test_steps} less {HISTORY} states before the first forecast "
            f"and {self.forecasts} from which one starts,",
        )
        self._expect(self.assimilated % 10 == 0, "assimilated", "a multiple of 10, the window of 4D-Var")
        for name in ("radius", "reach", "noise"):
            self._expect(getattr(self, name) > 0, name, "a positive number")

    def _expect(self, true: bool, name: str, expected: str) -> None:
        if not true:
            option = name.replace("_", "-")
            raise InputError(f"--{option}: expected {expected}, found {getattr(self, name)}: give another value")


PRESETS: dict[str, dict[str, Any]] = {
    "full": {},
    "quick": {
        "train_steps": 3000,
        "test_steps": 4000,
        "forecasts": 16,
        "horizon": 300,
        "reservoir": 400,
        "steps": 1500,
        "repeats": 2,
        "assimilated": 200,
    },
    "smoke": {
        "train_steps": 400,
        "test_steps": 300,
        "forecasts": 3,
        "horizon": 40,
        "reservoir": 40,
        "hidden": 8,
        "steps": 20,
        "repeats": 2,
        "assimilated": 20,
        "members": 16,
        "audit_all": False,
    },
}
