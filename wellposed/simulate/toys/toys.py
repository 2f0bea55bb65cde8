"""The seven densities by name."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from .checkerboard import checkerboard
from .eight_gaussians import eight_gaussians
from .pinwheel import pinwheel
from .swissroll import swissroll
from .two_arms import two_arms
from .two_circles import two_circles
from .two_moons import two_moons

TOYS: Mapping[str, Callable[[Any, int], Any]] = MappingProxyType(
    {
        "8gaussians": eight_gaussians,
        "checkerboard": checkerboard,
        "swissroll": swissroll,
        "circles": two_circles,
        "moons": two_moons,
        "pinwheel": pinwheel,
        "2spirals": two_arms,
    }
)
"""The published names of the densities [@grathwohl2019], and their samplers `(key, n) -> (n, 2)`."""
