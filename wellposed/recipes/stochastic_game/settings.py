"""The settings of the recipe, which are also its command line's options."""

from dataclasses import dataclass
from typing import Any, Literal

from wellposed.errors import InputError

Game = Literal["all", "obstacle", "bottleneck", "two-diagonals", "quadcopter"]


@dataclass(frozen=True)
class Settings:
    """Stochastic mean-field games: a neural SDE and a value function with a true bound; and APAC-Net [@lin2021]."""

    game: Game = "all"
    """Which games: `obstacle` is played in two steps at two diffusivities, the others by APAC-Net; `all` plays all."""
    low: float = 0.03
    """The low diffusivity of the game with an obstacle."""
    high: float = 0.3
    """The high one, beside it."""
    height: float = 20.0
    """Height of the obstacle: this times a normal density of variances 1 and 0.5, centred at 0."""
    pull: float = 4.0
    """Weight of the quadratic terminal cost, whose target is (0, -2)."""
    generator_width: int = 32
    """Neurons in the two hidden layers of the neural SDE's velocity."""
    layers: int = 20
    """Residual layers of the neural SDE, which are its time steps."""
    generator_steps: int = 2000
    """Training steps of the neural SDE."""
    agents: int = 256
    """Paths in each of those steps."""
    generator_rate: float = 0.005
    """Learning rate of Adam at the start; it falls to 0 along a cosine."""
    width: int = 24
    """Neurons in the two hidden layers of the value function."""
    steps: int = 400
    """Steps of Levenberg-Marquardt for the value function."""
    spread: int = 2000
    """Places over all space and time at which the equation is asked for."""
    along: int = 600
    """Places along the paths of the neural SDE."""
    snapshots: int = 9
    """States of the training at which the gap is computed."""
    looks: int = 2**17
    """Samples of the search for the largest residual of the equation."""
    cells: int = 48
    """Cells of the grid along the shorter side of the box."""
    times: int = 24
    """Time steps of the grid."""
    grid_steps: int = 3000
    """The most steps of the grid solver, whose own gap stands beside."""
    apac_width: int = 50
    """Neurons in the three hidden layers of both of APAC-Net's networks."""
    apac_steps: int = 12000
    """Training steps of APAC-Net in each environment."""
    apac_batch: int = 64
    """Agents in each of those steps."""
    seed: int = 0
    """Of everything random."""

    def __post_init__(self):
        for name in ("generator_width", "generator_steps", "agents", "width", "steps", "spread", "along", "snapshots"):
            self._expect(name, 1)
        for name in ("apac_width", "apac_steps", "apac_batch", "grid_steps"):
            self._expect(name, 1)
        self._expect("looks", 1024)
        for name in ("cells", "layers", "times"):
            self._expect(name, 4)
        for name in ("low", "high", "height", "pull", "generator_rate"):
            found = getattr(self, name)
            if not found > 0:
                option = name.replace("_", "-")
                raise InputError(f"--{option}: expected a positive number, found {found}: give another value")
        if not self.low < self.high:
            raise InputError(f"--low: expected less than --high ({self.high}), found {self.low}: exchange the two")

    def plays(self, game: str) -> bool:
        """Whether a game is asked for."""
        return self.game in ("all", game)

    def _expect(self, name: str, least: int) -> None:
        found = getattr(self, name)
        if found < least:
            option = name.replace("_", "-")
            raise InputError(f"--{option}: expected at least {least}, found {found}: give another value")


PRESETS: dict[str, dict[str, Any]] = {
    "full": {},
    "quick": {
        "generator_steps": 500,
        "steps": 200,
        "snapshots": 8,
        "looks": 2**16,
        "cells": 40,
        "times": 20,
        "grid_steps": 1000,
        "apac_steps": 1500,
    },
    "smoke": {
        "generator_width": 8,
        "layers": 6,
        "generator_steps": 30,
        "agents": 32,
        "width": 6,
        "steps": 20,
        "spread": 100,
        "along": 50,
        "snapshots": 2,
        "looks": 1024,
        "cells": 16,
        "times": 8,
        "grid_steps": 50,
        "apac_width": 8,
        "apac_steps": 20,
        "apac_batch": 8,
    },
}
