"""The settings of the recipe, which are also its command line's options."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wellposed.errors import InputError


@dataclass(frozen=True)
class Settings:
    """Optimal transport between two densities or two tables, beside a grid and closed forms [@ruthotto2020mfg]."""

    dim: tuple[int, ...] = (2, 10, 50, 100)
    """Dimensions of the eight Gaussians; with tables, that of their columns. The plane is solved on a grid as well."""
    source: Path | None = None
    """A table of samples (CSV, NPY, HDF5); by default eight Gaussians on a circle."""
    target: Path | None = None
    """A table of samples; by default one Gaussian in the middle."""
    terminal: float = 5.0
    """Weight of the Kullback-Leibler divergence from the target at the end."""
    kinetic: float = 2.0
    """Weight of the kinetic energy."""
    width: int = 32
    """Of the potential's network."""
    rank: int = 10
    """The most rows of the potential's quadratic part."""
    iterations: int = 2000
    """Steps of Adam for each dimension."""
    batch: int = 1024
    """Samples in a step, drawn anew in each."""
    learning_rate: float = 0.02
    """At the start; it falls to 0 along a cosine."""
    time_steps: int = 4
    """Of RK4, in training; results are judged with 32."""
    hjb: float = 0.3
    """Weight of the penalties for the Hamilton-Jacobi-Bellman equation; one too large holds the crowd where it is."""
    agents: int = 65536
    """Samples that results are judged on."""
    cells: int = 96
    """Of the grid, along its longer side; 0 solves on no grid."""
    grid_steps: int = 24
    """Of the grid, in time."""
    oracle_dim: tuple[int, ...] = (2, 10, 50)
    """Dimensions of Gaussians whose transport is known, learned as a test of the method; none with tables."""
    oracle_iterations: int = 600
    """Steps of SOAP for each of their weights."""
    samples: int = 1000
    """Samples of each side between which the static plan is computed."""
    seed: int = 0
    """Of everything random."""

    def __post_init__(self):
        if (self.source is None) != (self.target is None):
            given = "--source" if self.target is None else "--target"
            raise InputError(f"{given}: expected two tables, --source and --target, found one: give the other too")
        if not self.dim or min(self.dim) < 2 or len(set(self.dim)) < len(self.dim):
            raise InputError(f"--dim: expected dimensions of at least 2, each once, found {self.dim}: give others")
        least = {"width": 1, "rank": 1, "iterations": 1, "batch": 2, "time_steps": 1, "agents": 100, "grid_steps": 2}
        for name, low in (least | {"oracle_iterations": 1, "samples": 10}).items():
            if getattr(self, name) < low:
                option = name.replace("_", "-")
                raise InputError(
                    f"--{option}: expected at least {low}, found {getattr(self, name)}: give another value"
                )
        for name in ("terminal", "kinetic", "learning_rate"):
            if not getattr(self, name) > 0:
                option = name.replace("_", "-")
                raise InputError(f"--{option}: expected a number above 0, found {getattr(self, name)}: give another")
        if self.hjb < 0:
            raise InputError(f"--hjb: expected at least 0, found {self.hjb}: give another value")
        if self.cells and self.cells < 16:
            raise InputError(f"--cells: expected 0 or at least 16, found {self.cells}: give another value")


PRESETS: dict[str, dict[str, Any]] = {
    "full": {},
    "quick": {
        "dim": (2, 10),
        "iterations": 500,
        "cells": 48,
        "grid_steps": 16,
        "oracle_dim": (2,),
        "oracle_iterations": 300,
        "agents": 16384,
    },
    "smoke": {
        "dim": (2,),
        "width": 8,
        "iterations": 20,
        "batch": 64,
        "time_steps": 2,
        "agents": 256,
        "cells": 16,
        "grid_steps": 4,
        "oracle_dim": (2,),
        "oracle_iterations": 4,
        "samples": 40,
    },
}
