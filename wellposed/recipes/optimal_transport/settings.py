"""The settings of the recipe, which are also its command line's options."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wellposed.errors import InputError
from wellposed.recipes.crowd.settings import CrowdSettings


@dataclass(frozen=True)
class Settings(CrowdSettings):
    """Optimal transport between two densities or two tables, beside a grid and closed forms [@ruthotto2020mfg].

    Weights between two tables hold where half a standard deviation of both is one.
    """

    source: Path | None = None
    """A table of samples (CSV, NPY, HDF5); by default eight Gaussians on a circle."""
    target: Path | None = None
    """A table of samples; by default one Gaussian in the middle."""
    kinetic: float = 2.0
    """Weight of the kinetic energy."""
    time_steps: int = 4
    """Of RK4, in training; results are judged with 32."""
    agents: int = 65536
    """Samples that results are judged on."""
    cells: int = 96
    """Of the grid, along its longer side; 0 solves on no grid."""
    grid_steps: int = 24
    """Of the grid, in time."""
    oracle_dim: tuple[int, ...] = (2, 10, 50)
    """Dimensions of Gaussians whose transport is known, learned as a test of the method; none with tables."""
    oracle_iterations: int = 1500
    """Steps of SOAP for each of their weights; the last takes twice as many."""
    samples: int = 1000
    """Samples of each side between which the static plan is computed."""

    def __post_init__(self):
        super().__post_init__()
        if (self.source is None) != (self.target is None):
            given = "--source" if self.target is None else "--target"
            raise InputError(f"{given}: expected two tables, --source and --target, found one: give the other too")
        self._expect_at_least(1, "oracle_iterations")
        self._expect_at_least(10, "samples")


PRESETS: dict[str, dict[str, Any]] = {
    "full": {},
    "quick": {
        "dim": (2, 10),
        "iterations": 500,
        "cells": 48,
        "grid_steps": 16,
        "oracle_dim": (2,),
        "oracle_iterations": 600,
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
