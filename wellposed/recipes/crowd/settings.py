"""The settings that recipes about crowds share."""

from dataclasses import dataclass

from wellposed.errors import InputError


@dataclass(frozen=True)
class CrowdSettings:
    """How a potential is learned for a game in some dimensions, and the grid beside it."""

    dim: tuple[int, ...] = (2, 10, 50, 100)
    """Dimensions; with tables, that of their columns. The plane is solved on a grid as well."""
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
        for name, low in (("batch", 2), ("agents", 100), ("grid_steps", 2)):
            self._expect_at_least(low, name)
        self._expect_at_least(1, "width", "rank", "iterations", "time_steps")
        self._expect_at_least(0, "hjb")
        self._expect_positive("terminal", "kinetic", "learning_rate")
        if self.cells and self.cells < 16:
            raise InputError(f"--cells: expected 0 or at least 16, found {self.cells}: give another value")

    def _expect_at_least(self, least: int, *names: str) -> None:
        for name in names:
            if getattr(self, name) < least:
                raise InputError(
                    f"{_option(name)}: expected at least {least}, found {getattr(self, name)}: give another value"
                )

    def _expect_positive(self, *names: str) -> None:
        for name in names:
            if not getattr(self, name) > 0:
                raise InputError(
                    f"{_option(name)}: expected a number above 0, found {getattr(self, name)}: give another value"
                )


def _option(name: str) -> str:
    return "--" + name.replace("_", "-")
