"""The settings of the recipe, which are also its command line's options."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from wellposed.errors import InputError
from wellposed.simulate import TOYS

Density = Literal["all", "8gaussians", "checkerboard", "swissroll", "circles", "moons", "pinwheel", "2spirals"]
Benchmark = Literal["none", "POWER", "GAS", "HEPMASS", "MINIBOONE", "BSDS300"]
OT_FLOW, FFJORD_ = "OT-Flow", "FFJORD"
COMPARED = (OT_FLOW, FFJORD_)
SEEDS_APART = 1000
OTHERS = (
    "RNODE",
    "OT flow matching",
    "potential flow",
    "Monge-Ampère flow",
    "fluid flow",
    "coupling",
    "planar",
    "radial",
)


@dataclass(frozen=True)
class Settings:
    """Normalizing flows: OT-Flow and FFJORD on seven densities under one budget, and eight others [@onken2021]."""

    density: Density = "all"
    """Which density of the plane to learn."""
    data: Path | None = None
    """Your own points, in place of the densities: a CSV, NPY or HDF5 table with a row for each point, of which a
    tenth is held back to choose by and a tenth to judge on. With --benchmark: the folder of MAF's
    tables."""
    benchmark: Benchmark = "none"
    """One of the five tables on which flows are compared, read from --data."""
    others: tuple[str, ...] = OTHERS
    """Methods beside OT-Flow and FFJORD, on the first density or on your own data."""
    seeds: int = 4
    """Trainings of OT-Flow and FFJORD on each density: the first with --seed, each further one with a seed that is
    greater by 1000, and so with points, starts and batches of its own. The pictures and the other methods are of the
    first. A table has one training, since its points are the same for all."""
    seconds: float = 60.0
    """Budget: CPU seconds of training for OT-Flow and FFJORD, each, on each density. How many steps that is, is
    measured before, and kept with the checkpoints."""
    other_seconds: float = 20.0
    """The same for each of the other methods."""
    points: int = 1048576
    """Points of a density to learn from: so many that OT-Flow, which makes more steps, sees each little more than once,
    where the published trainings drew new ones for each step. With 65536 it overfits."""
    batch: int = 256
    """Points in a step."""
    test_points: int = 10000
    """Points to judge on, and as many samples."""
    width: int = 32
    """Width of OT-Flow's potential."""
    depth: int = 2
    """Its residual layers after the opening one; 1 in the published settings."""
    free_width: int = 64
    """Width of the three hidden layers of the free velocities; the published setting."""
    ot_flow_steps: int = 8
    """Runge-Kutta steps in training of OT-Flow, whose ways are straight; it was published with 8 to 12 in the plane and
    6 to 14 for tables."""
    solver_steps: int = 12
    """The same of all other continuous flows: with 8, FFJORD fits the steps on five of the seven densities."""
    fine_steps: tuple[int, ...] = (32, 128)
    """Runge-Kutta steps in evaluation: the first number with which the inverse error is at most the tolerance."""
    tolerance: float = 1e-4
    """What the inverse error shall be at most, in the unit of the data."""
    seed: int = 0
    """Of everything random."""

    def __post_init__(self):
        for name, least in (
            ("seeds", 1),
            ("points", 100),
            ("batch", 2),
            ("test_points", 100),
            ("width", 1),
            ("depth", 1),
            ("free_width", 1),
        ):
            self._expect(name, getattr(self, name), least)
        self._expect("ot_flow_steps", self.ot_flow_steps, 1)
        self._expect("solver_steps", self.solver_steps, 1)
        self._expect("fine_steps", min(self.fine_steps, default=0), 1)
        for name in ("seconds", "other_seconds", "tolerance"):
            if not getattr(self, name) > 0:
                raise InputError(
                    f"--{_option(name)}: expected a positive number, found {getattr(self, name)}: raise it"
                )
        if self.benchmark != "none" and self.data is None:
            raise InputError(
                f"--benchmark: expected --data FOLDER beside {self.benchmark}, found none: name the folder"
            )
        wrong = sorted(set(self.others) - set(OTHERS))
        if wrong:
            raise InputError(f"--others: expected methods among {', '.join(OTHERS)}, found {wrong[0]}: correct it")

    def places(self) -> tuple[str, ...]:
        """The names of the data that are learned."""
        if self.benchmark != "none":
            return (self.benchmark,)
        if self.data is not None:
            return (self.data.stem,)
        return tuple(TOYS) if self.density == "all" else (self.density,)

    @property
    def trainings(self) -> int:
        """Of OT-Flow and FFJORD on each of the data."""
        return self.seeds if self.data is None else 1

    def of_training(self, number: int) -> "Settings":
        """Those of the training of this number, which differ by the seed alone."""
        return replace(self, seed=self.seed + SEEDS_APART * number)

    def _expect(self, name: str, found: int, least: int) -> None:
        if found < least:
            raise InputError(f"--{_option(name)}: expected at least {least}, found {found}: give another value")


def _option(name: str) -> str:
    return name.replace("_", "-")


PRESETS: dict[str, dict[str, Any]] = {
    "full": {},
    "quick": {
        "density": "8gaussians",
        "seeds": 1,
        "points": 65536,
        "seconds": 30.0,
        "other_seconds": 8.0,
        "others": ("OT flow matching", "coupling", "planar"),
        "test_points": 2000,
    },
    "smoke": {
        "density": "moons",
        "others": ("planar",),
        "seeds": 2,
        "seconds": 0.5,
        "other_seconds": 0.2,
        "points": 2048,
        "batch": 64,
        "test_points": 200,
        "width": 8,
        "free_width": 8,
        "ot_flow_steps": 2,
        "solver_steps": 2,
        "fine_steps": (8,),
    },
}
