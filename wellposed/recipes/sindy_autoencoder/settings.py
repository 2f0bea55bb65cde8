"""The settings of the SINDy autoencoder recipe, which are also its command line's options."""

from dataclasses import dataclass
from typing import Any, Literal

from wellposed.errors import InputError


@dataclass(frozen=True)
class Settings:
    """Coordinates and sparse equations of a Lorenz system that is seen in 128 dimensions [@champion2019]."""

    trajectories: int = 1024
    """Training trajectories of 250 times."""
    test_trajectories: int = 100
    """Test trajectories, from new starts in the same box; as many start outside of it."""
    size: int = 128
    """Dimension in which the system is seen."""
    noise: float = 1e-6
    """Standard deviation of the noise of states and slopes, as published."""
    latent: int = 3
    """Number of learned coordinates."""
    widths: tuple[int, ...] = (64, 32)
    """Hidden layers of the encoder, of sigmoids; the decoder's are these backwards."""
    degree: int = 3
    """Of the polynomials in the library."""
    state_slopes: float = 1e-4
    """Weight of the slopes in 128 dimensions."""
    latent_slopes: float = 0.0
    """Weight of the slopes of the coordinates; the published best has none."""
    sparsity: float = 1e-5
    """Weight of the mean absolute coefficient; zero in the last part, the refinement."""
    threshold: float = 0.1
    """Smaller coefficients are set to zero."""
    threshold_every: int = 2500
    """Steps between two looks at the coefficients."""
    refinement: float = 0.2
    """Share of the steps, at the end, without thresholding and sparsity."""
    optimiser: Literal["soap", "adam"] = "soap"
    """SOAP, or the published Adam; both with a short rise and a cosine down to zero."""
    rate: float = 1e-2
    """The largest learning rate."""
    batch: int = 1024
    """Samples in a step."""
    steps: int = 120_000
    """Steps from each seed; published are 1.5 million."""
    seeds: int = 3
    """Trainings, each from its own initial weights and batches."""
    seed: int = 0
    """Of everything random."""

    def __post_init__(self):
        for name in ("trajectories", "test_trajectories", "size", "latent", "degree", "batch", "seeds", "steps"):
            self._expect(getattr(self, name) >= 1, name, "a whole number of at least 1")
        self._expect(self.threshold_every >= 1, "threshold_every", "at least 1 step")
        self._expect(len(self.widths) > 0 and min(self.widths) >= 1, "widths", "at least one width of at least 1")
        self._expect(0 <= self.refinement < 1, "refinement", "a share in [0, 1)")
        self._expect(self.rate > 0, "rate", "a positive learning rate")
        for name in ("noise", "state_slopes", "latent_slopes", "sparsity", "threshold"):
            self._expect(getattr(self, name) >= 0, name, "at least 0")
        self._expect(self.size >= 6, "size", "at least 6, one for each mode")
        self._expect(self.batch <= 250 * self.trajectories, "batch", "at most 250 for each trajectory")

    def _expect(self, true: bool, name: str, expected: str) -> None:
        if not true:
            found = getattr(self, name)
            raise InputError(f"--{name.replace('_', '-')}: expected {expected}, found {found}: give another value")

    @property
    def refine_from(self) -> int:
        """The first step of the refinement."""
        return round((1 - self.refinement) * self.steps)


PRESETS: dict[str, dict[str, Any]] = {
    "full": {},
    "quick": {"steps": 8000, "threshold_every": 500, "seeds": 1, "trajectories": 256},
    "smoke": {
        "steps": 60,
        "threshold_every": 20,
        "seeds": 2,
        "trajectories": 8,
        "test_trajectories": 4,
        "batch": 64,
        "widths": (16,),
        "size": 32,
    },
}
