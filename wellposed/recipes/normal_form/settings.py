"""The settings of the normal-form recipe, which are also its command line's options."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from wellposed.errors import InputError

from .systems import SYSTEMS

FormName = Literal["saddle-node", "transcritical", "pitchfork", "hopf"]


@dataclass(frozen=True)
class Settings:
    """The bifurcation of a system, learned from trajectories by normal-form autoencoders [@kalia2021]."""

    system: str = "lorenz96"
    """What is learned: saddle-node, transcritical, pitchfork, lorenz96, neural-field or cylinder."""
    data: Path | None = None
    """Trajectories of your own, in place of a system: NetCDF 4 or HDF5 with a variable of dimensions (trajectory, time,
    state), a variable `time`, and a parameter per trajectory. Where there are no `slopes`, smoothing splines give them.
    """
    form: FormName = "hopf"
    """The normal form of your own data."""
    trajectories: int = 300
    """Training trajectories that are simulated."""
    test_trajectories: int = 100
    """Test trajectories; of your own data, at most a quarter are taken for the test."""
    seeds: int = 10
    """Autoencoders that are trained, from different random weights and in different orders of the data."""
    effort: float = 1.0
    """Factor of the number of training steps."""
    orientation: Literal["monotone", "penalty", "sign"] = "monotone"
    """How the parameter map is kept monotone: by its construction, by a smooth penalty, or as published, by comparing
    signs, which has no gradient and has to be told the true bifurcation: not of your own data, where nobody knows it.
    """
    time_degree: int | None = None
    """Degree of log tau^2 as a polynomial of the parameter; 0 is the published constant. By default 0 for the
    saddle-node and the pitchfork, 2 for the transcritical system, and 3 for oscillations, whose frequency changes with
    the parameter."""
    compare: bool = True
    """Compare the three orientations (of your own data, the two that need no true bifurcation), and a constant tau
    where that is not what is used, over as many seeds."""
    amplitudes: int = 12
    """Parameters at which the amplitude of limit cycles is compared with long simulations."""
    seed: int = 0
    """Of everything random."""

    def __post_init__(self):
        self._expect(self.system in SYSTEMS, "system", f"one of {', '.join(SYSTEMS)}")
        known = self.data is None or self.orientation != "sign"
        self._expect(known, "orientation", "monotone or penalty with --data, whose true bifurcation is not known")
        self._expect(self.trajectories >= 8, "trajectories", "at least 8")
        self._expect(self.test_trajectories >= 2, "test_trajectories", "at least 2")
        self._expect(self.seeds >= 1, "seeds", "at least 1")
        self._expect(0 < self.effort <= 100, "effort", "a factor in (0, 100]")
        self._expect(self.time_degree is None or 0 <= self.time_degree <= 8, "time_degree", "0 to 8")
        self._expect(self.amplitudes >= 2, "amplitudes", "at least 2")

    def _expect(self, true: bool, name: str, expected: str) -> None:
        if not true:
            found = getattr(self, name)
            raise InputError(f"--{name.replace('_', '-')}: expected {expected}, found {found}: give another value")


PRESETS: dict[str, dict[str, Any]] = {
    "full": {},
    "quick": {"trajectories": 150, "test_trajectories": 40, "seeds": 3, "effort": 0.2, "amplitudes": 6},
    "smoke": {
        "trajectories": 24,
        "test_trajectories": 6,
        "seeds": 2,
        "effort": 0.005,
        "compare": False,
        "amplitudes": 2,
    },
}
