"""The settings of the Burgers recipe, which are also its command line's options."""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wellposed.errors import InputError


@dataclass(frozen=True)
class Settings:
    """A physics-informed network for Burgers' equation, forward and inverse [@raissi2019]."""

    data: Path | None = None
    """A MATLAB file with `x`, `t` and `usol` (places x times), such as the published `burgers_shock.mat`; by default
    the exact solution is computed by the Cole-Hopf transformation."""
    viscosity: float = 0.01 / math.pi
    """The nu of u_t + u u_x = nu u_xx, at least 0.002."""
    width: int = 20
    """Neurons of each hidden layer."""
    depth: int = 3
    """Hidden layers."""
    inside: int = 2000
    """Points where the equation is asked for; they are drawn anew from time to time, more where it is violated."""
    conditions: int = 300
    """Points on the initial and the boundary values."""
    measurements: int = 2000
    """Measurements of u that the inverse problem is given, at random places of the grid of times and places."""
    noise: float = 0.01
    """Standard deviation of the noise in the second inverse problem, over that of u; the first has none."""
    steps: int = 600
    """Levenberg-Marquardt steps of the forward problem."""
    inverse_steps: int = 300
    """Levenberg-Marquardt steps of each inverse problem."""
    redraw: int = 25
    """Steps between two draws of the points inside."""
    seed: int = 0
    """Of everything random."""

    def __post_init__(self):
        for name in ("width", "depth", "inside", "conditions", "measurements", "steps", "inverse_steps", "redraw"):
            self._expect(getattr(self, name) >= 1, name, "a whole number of at least 1")
        self._expect(self.conditions >= 4, "conditions", "at least 4 points")
        self._expect(0.002 <= self.viscosity < math.inf, "viscosity", "at least 0.002, where the quadrature holds")
        self._expect(0 <= self.noise < 1, "noise", "a ratio in [0, 1), such as 0.01 for 1 %")

    def _expect(self, true: bool, name: str, expected: str) -> None:
        if not true:
            found = getattr(self, name)
            raise InputError(f"--{name.replace('_', '-')}: expected {expected}, found {found}: give another value")


PRESETS: dict[str, dict[str, Any]] = {
    "full": {},
    "quick": {"steps": 250, "inverse_steps": 100, "inside": 1200},
    "smoke": {
        "width": 6,
        "depth": 2,
        "inside": 100,
        "conditions": 40,
        "measurements": 100,
        "steps": 12,
        "inverse_steps": 12,
        "redraw": 6,
    },
}
