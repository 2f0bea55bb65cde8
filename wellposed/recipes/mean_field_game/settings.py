"""The settings of the recipe, which are also its command line's options."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wellposed.errors import InputError


@dataclass(frozen=True)
class Settings:
    """A crowd that walks around an obstacle to a target, in few dimensions and in many [@ruthotto2020mfg]."""

    dim: tuple[int, ...] = (2, 10, 50, 100)
    """Dimensions; with tables, that of their columns. Obstacles stand in the first two. The plane gets a grid too."""
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
    terminal: float = 5.0
    """Weight of the Kullback-Leibler divergence from the target at the end."""
    kinetic: float = 1.0
    """Weight of the kinetic energy."""
    width: int = 32
    """Of the potential's network."""
    rank: int = 10
    """The most rows of the potential's quadratic part."""
    iterations: int = 2000
    """Steps of Adam for each dimension."""
    batch: int = 1024
    """Agents in a step, drawn anew in each."""
    learning_rate: float = 0.02
    """At the start; it falls to 0 along a cosine."""
    time_steps: int = 8
    """Of RK4, in training; results are judged with 32."""
    hjb: float = 0.3
    """Weight of the penalties for the Hamilton-Jacobi-Bellman equation; one too large holds the crowd where it is."""
    agents: int = 16384
    """Agents that results are judged on."""
    cells: int = 64
    """Of the grid, along its longer side; 0 solves on no grid."""
    grid_steps: int = 32
    """Of the grid, in time."""
    seed: int = 0
    """Of everything random."""

    def __post_init__(self):
        if not self.dim or min(self.dim) < 2 or len(set(self.dim)) < len(self.dim):
            raise InputError(f"--dim: expected dimensions of at least 2, each once, found {self.dim}: give others")
        least = {"width": 1, "rank": 1, "iterations": 1, "batch": 2, "time_steps": 1, "agents": 100, "grid_steps": 2}
        for name, low in least.items():
            if getattr(self, name) < low:
                option = name.replace("_", "-")
                raise InputError(
                    f"--{option}: expected at least {low}, found {getattr(self, name)}: give another value"
                )
        for name in ("terminal", "kinetic", "learning_rate"):
            if not getattr(self, name) > 0:
                option = name.replace("_", "-")
                raise InputError(f"--{option}: expected a number above 0, found {getattr(self, name)}: give another")
        for name in ("entropy", "congestion", "hjb"):
            if getattr(self, name) < 0:
                raise InputError(f"--{name}: expected at least 0, found {getattr(self, name)}: give another value")
        if self.cells and self.cells < 16:
            raise InputError(f"--cells: expected 0 or at least 16, found {self.cells}: give another value")


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
