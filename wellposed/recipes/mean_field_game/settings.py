"""The settings of the recipe, which are also its command line's options."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wellposed.recipes.crowd.settings import CrowdSettings


@dataclass(frozen=True)
class Settings(CrowdSettings):
    """A crowd that walks around an obstacle to a target, in few dimensions and in many [@ruthotto2020mfg]."""

    start: Path | None = None
    """A table of points (CSV, NPY, HDF5) where agents set out; by default a normal density at (0, 3)."""
    target: Path | None = None
    """A table of points where they want to be; by default a normal density at (0, -3)."""
    obstacles: Path | None = None
    """A table with rows height, x, y, variance of x, variance of y; by default 50, 0, 0, 1, 0.5."""
    entropy: float = 0.01
    """Weight of the entropy: agents avoid each other."""
    congestion: float = 0.0
    """Weight of local congestion, int rho^2 / 2."""

    def __post_init__(self):
        super().__post_init__()
        self._expect_at_least(0, "entropy", "congestion")


PRESETS: dict[str, dict[str, Any]] = {
    "full": {},
    "quick": {"dim": (2, 10), "iterations": 500, "cells": 48, "grid_steps": 24},
    "smoke": {
        "dim": (2, 3),
        "width": 8,
        "iterations": 20,
        "batch": 64,
        "time_steps": 4,
        "agents": 256,
        "cells": 16,
        "grid_steps": 4,
    },
}
