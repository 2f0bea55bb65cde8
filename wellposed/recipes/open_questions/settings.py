"""The settings of the recipe, which are also its command line's options."""

from dataclasses import dataclass
from typing import Any, Literal

from wellposed.errors import InputError

EQUATIONS = ("heat", "wave", "advection")
PLACES = ("mesh", "graph")
MOST = {"unseen": 4, "refinements": 4}


@dataclass(frozen=True)
class Settings:
    """Three open questions, measured: networks that know their equation, double descent, and Barron's rate."""

    equations: tuple[str, ...] = EQUATIONS
    """Which equations: heat, wave, advection."""
    places: tuple[str, ...] = PLACES
    """Where: mesh, graph."""
    nodes: int = 150
    """Of the one mesh, and of the one graph, to learn from; those to judge on have up to three times as many."""
    samples: int = 64
    """Initial values to learn from, with the solutions that they have after a time."""
    unseen: int = 4
    """How many places to judge on beside the seen one, at most 4."""
    test_samples: int = 32
    """Initial values to judge on, in each place."""
    steps: int = 3000
    """Training steps of each network."""
    batch: int = 4
    """Samples in a step."""
    optimiser: Literal["soap", "adam"] = "soap"
    """Of these networks; SOAP fits to more digits and takes longer to compile."""
    learning_rate: float = 0.01
    """Of the optimiser at the start; it falls to 0 along a cosine."""
    hidden: int = 24
    """Width of the two hidden layers of the learned law; the plain network gets as many parameters in all."""
    seeds: int = 3
    """Trainings of each network from other weights and other initial values, on the same mesh or graph."""
    refinements: int = 3
    """Of the icosahedron, up to which the learned map is compared with the spherical harmonics, at most 4."""
    descent_seeds: int = 20
    """Repetitions of the fits of double descent, with other features, noise and initial values."""
    descent_samples: int = 16
    """Initial values for the fits of double descent, on a graph of 8 nodes."""
    noise: float = 0.2
    """Of what the fits of double descent see, over the standard deviation of the change."""
    widths: int = 6
    """Shallow networks have 4, 8, 16, ... neurons: so many widths."""
    width_seeds: int = 3
    """Repetitions of each shallow network."""
    width_steps: int = 4000
    """Training steps of the shallow networks."""
    seed: int = 0
    """Of everything that is drawn."""

    def __post_init__(self):
        for name, known in (("equations", EQUATIONS), ("places", PLACES)):
            unknown = [value for value in getattr(self, name) if value not in known]
            if unknown or not getattr(self, name):
                found = unknown[0] if unknown else "none"
                raise InputError(f"--{name}: expected some of {', '.join(known)}, found {found}: correct it")
        least = {
            "nodes": 24, "samples": 1, "unseen": 1, "test_samples": 1, "steps": 1, "batch": 1, "hidden": 1, "seeds": 1,
            "refinements": 1, "descent_seeds": 1, "descent_samples": 2, "widths": 2, "width_seeds": 1, "width_steps": 1,
        }  # fmt: skip
        for name, value in least.items():
            if getattr(self, name) < value:
                option = name.replace("_", "-")
                raise InputError(f"--{option}: expected at least {value}, found {getattr(self, name)}: raise it")
        for name, value in MOST.items():
            if getattr(self, name) > value:
                raise InputError(f"--{name}: expected at most {value}, found {getattr(self, name)}: lower it")
        if self.batch > self.samples:
            most = f"expected at most the {self.samples} samples"
            raise InputError(f"--batch: {most}, found {self.batch}: lower it, or raise --samples")
        if not self.learning_rate > 0:
            raise InputError(f"--learning-rate: expected a number above 0, found {self.learning_rate}: raise it")
        if not self.noise >= 0:
            raise InputError(f"--noise: expected a number from 0, found {self.noise}: raise it")


PRESETS: dict[str, dict[str, Any]] = {
    "full": {},
    "quick": {"nodes": 120, "steps": 800, "seeds": 1, "descent_seeds": 8, "width_seeds": 2, "width_steps": 1000},
    "smoke": {
        "equations": ("heat",),
        "places": ("mesh",),
        "nodes": 40,
        "samples": 8,
        "unseen": 1,
        "optimiser": "adam",
        "test_samples": 4,
        "steps": 3,
        "hidden": 6,
        "seeds": 1,
        "refinements": 1,
        "descent_seeds": 2,
        "descent_samples": 3,
        "widths": 3,
        "width_seeds": 1,
        "width_steps": 3,
    },
}
