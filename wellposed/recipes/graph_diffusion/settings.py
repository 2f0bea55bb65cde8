"""The settings of the recipe, which are also its command line's options."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wellposed.errors import InputError

METHODS = (
    "GCN",
    "GAT",
    "GRAND-l",
    "GRAND-nl",
    "GRAND-nl-rw",
    "BLEND",
    "GRAND++",
    "GREAD",
    "PDE-GCN-D",
    "PDE-GCN-H",
    "PDE-GCN-M",
    "ChebNet",
    "MoNet",
    "GraphSAGE",
)


@dataclass(frozen=True)
class Settings:
    """Graph neural diffusion beside graph convolutions and attention, on the nodes of one graph [@chamberlain2021]."""

    data: Path | None = None
    """A graph with labels: FOLDER/NAME of Planetoid's files, such as planetoid/cora, a folder of OGB's CSV tables, or a
    GraphML file. By default the library draws a block model, and nothing is downloaded."""
    methods: tuple[str, ...] = ("GCN", "GAT", "GRAND-l")
    """Which to train; GRAND-nl, GRAND-nl-rw, BLEND, GRAND++, GREAD, PDE-GCN-D, PDE-GCN-H, PDE-GCN-M, ChebNet, MoNet
    and GraphSAGE are there as well."""
    seeds: int = 10
    """Trainings of each method on the full graph and its public split; each has its own start."""
    component_seeds: int = 3
    """Trainings of each method on the largest component, each on a split drawn anew: the published setting. 0 leaves
    it out."""
    depths: tuple[int, ...] = (2, 4, 8, 16, 32)
    """Layers, or steps of time, of the study of depth; none leaves it out."""
    depth_seeds: int = 2
    """Trainings at each depth."""
    effort: float = 1.0
    """Share of each method's training steps."""
    nodes: int = 1500
    """Of the block model."""
    classes: int = 5
    """Of the block model."""
    seed: int = 0
    """Of everything random."""

    def __post_init__(self):
        unknown = sorted(set(self.methods) - set(METHODS))
        if unknown or not self.methods or len(set(self.methods)) < len(self.methods):
            found = unknown[0] if unknown else self.methods or "none"
            raise InputError(f"--methods: expected some of {', '.join(METHODS)}, each once, found {found}")
        for name, least in (("seeds", 2), ("component_seeds", 0), ("depth_seeds", 1), ("nodes", 60), ("classes", 2)):
            if getattr(self, name) < least:
                option = name.replace("_", "-")
                raise InputError(f"--{option}: expected at least {least}, found {getattr(self, name)}: give another")
        if self.nodes < 30 * self.classes:
            raise InputError(f"--nodes: expected at least 30 for each of {self.classes} classes, found {self.nodes}")
        if not all(depth >= 2 for depth in self.depths):
            raise InputError(f"--depths: expected numbers of at least 2, found {self.depths}: leave the least out")
        if not 0 < self.effort <= 1:
            raise InputError(f"--effort: expected a share in (0, 1], found {self.effort}: give another")


PRESETS: dict[str, dict[str, Any]] = {
    "full": {},
    "quick": {"seeds": 3, "component_seeds": 0, "depths": (2, 8, 32), "depth_seeds": 1, "effort": 0.5, "nodes": 600},
    "smoke": {
        "methods": ("GCN", "GRAND-l"),
        "seeds": 2,
        "component_seeds": 0,
        "depths": (2,),
        "depth_seeds": 1,
        "effort": 0.05,
        "nodes": 120,
        "classes": 3,
    },
}
